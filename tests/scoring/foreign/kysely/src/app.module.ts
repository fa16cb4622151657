import { Module } from "@nestjs/common";
import { AccountsController } from "./accounts/accounts.controller.js";
import { ListsController } from "./lists/lists.controller.js";
import { TodosController } from "./todos/todos.controller.js";

@Module({ controllers: [AccountsController, ListsController, TodosController] })
export class AppModule {}
