import { Module } from '@nestjs/common';
import { AuthModule } from './auth/auth.module';
import { ListsModule } from './lists/lists.module';
import { TodosModule } from './todos/todos.module';

@Module({ imports: [AuthModule, ListsModule, TodosModule] })
export class AppModule {}
