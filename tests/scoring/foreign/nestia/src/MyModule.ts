import { Module } from "@nestjs/common";

import { AuthController } from "./controllers/auth/AuthController";
import { ListsController } from "./controllers/lists/ListsController";
import { TodosController } from "./controllers/todos/TodosController";

@Module({
  controllers: [AuthController, ListsController, TodosController],
})
export class MyModule {}
