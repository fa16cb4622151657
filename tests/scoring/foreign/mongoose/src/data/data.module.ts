import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { List, ListSchema } from './list.schema';
import { Member, MemberSchema } from './member.schema';
import { Todo, TodoSchema } from './todo.schema';

@Module({
  imports: [
    MongooseModule.forFeature([
      { name: Member.name, schema: MemberSchema },
      { name: List.name, schema: ListSchema },
      { name: Todo.name, schema: TodoSchema },
    ]),
  ],
  exports: [MongooseModule],
})
export class DataModule {}
