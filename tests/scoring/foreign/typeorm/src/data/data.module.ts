import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { TodoList } from './todo-list.entity';
import { Todo } from './todo.entity';
import { User } from './user.entity';

@Module({
  imports: [TypeOrmModule.forFeature([User, TodoList, Todo])],
  exports: [TypeOrmModule],
})
export class DataModule {}
