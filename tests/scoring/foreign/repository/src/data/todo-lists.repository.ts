import { Injectable } from '@nestjs/common';
import { DataSource, FindOptionsOrder, Not, Repository } from 'typeorm';
import { TodoList } from './todo-list.entity';

@Injectable()
export class TodoListsRepository extends Repository<TodoList> {
  constructor(source: DataSource) {
    super(TodoList, source.createEntityManager());
  }

  ofOwner(ownerId: string, id: string): Promise<TodoList | null> {
    return this.findOne({ where: { id, ownerId } });
  }

  async hasName(ownerId: string, name: string, except?: string): Promise<boolean> {
    return this.exists({ where: { ownerId, name, ...(except ? { id: Not(except) } : {}) } });
  }

  page(
    ownerId: string,
    order: FindOptionsOrder<TodoList>,
    page: number,
    limit: number,
  ): Promise<[TodoList[], number]> {
    return this.findAndCount({ where: { ownerId }, order, skip: (page - 1) * limit, take: limit });
  }
}
