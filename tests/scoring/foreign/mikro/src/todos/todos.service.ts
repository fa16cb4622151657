import { FilterQuery } from '@mikro-orm/core';
import { EntityManager } from '@mikro-orm/postgresql';
import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { Page } from '../common/page';
import { List, Member, Todo } from '../data/entities';
import { CreateTodoDto, FindTodosDto, TodoDto, UpdateTodoDto } from './dto/todo.dto';

@Injectable()
export class TodosService {
  constructor(private readonly em: EntityManager) {}

  async create(memberId: string, dto: CreateTodoDto): Promise<TodoDto> {
    const { listId, dueDate, ...rest } = dto;
    const todo = this.em.create(Todo, {
      ...rest,
      dueDate: dueDate ? new Date(dueDate) : null,
      list: listId ? await this.ownList(memberId, listId) : null,
      member: this.em.getReference(Member, memberId),
    });
    await this.em.persistAndFlush(todo);
    return shown(todo);
  }

  async findAll(memberId: string, query: FindTodosDto): Promise<Page<TodoDto>> {
    const where: FilterQuery<Todo> = {
      member: memberId,
      ...(query.status && { status: query.status }),
      ...(query.priority && { priority: query.priority }),
      ...(query.listId && { list: query.listId }),
      ...(query.title && { title: { $ilike: `%${query.title}%` } }),
    };
    const [todos, total] = await this.em.findAndCount(Todo, where, {
      orderBy: { [query.sort ?? 'createdAt']: 'asc' },
      limit: query.limit,
      offset: (query.page - 1) * query.limit,
    });
    return { data: todos.map(shown), total, page: query.page, limit: query.limit };
  }

  async findOne(memberId: string, id: string): Promise<TodoDto> {
    return shown(await this.own(memberId, id));
  }

  async update(memberId: string, id: string, dto: UpdateTodoDto): Promise<TodoDto> {
    const todo = await this.own(memberId, id);
    const { listId, ...rest } = dto;
    this.em.assign(todo, rest);
    if (listId !== undefined) {
      todo.list = listId ? await this.ownList(memberId, listId) : null;
    }
    await this.em.flush();
    return shown(todo);
  }

  async complete(memberId: string, id: string): Promise<TodoDto> {
    const todo = await this.own(memberId, id);
    if (todo.status !== 'open') throw new ConflictException('The todo is done already.');
    todo.status = 'done';
    await this.em.flush();
    return shown(todo);
  }

  async reopen(memberId: string, id: string): Promise<TodoDto> {
    const todo = await this.own(memberId, id);
    if (todo.status !== 'done') throw new ConflictException('The todo is open.');
    todo.status = 'open';
    await this.em.flush();
    return shown(todo);
  }

  async remove(memberId: string, id: string): Promise<void> {
    const gone = await this.em.nativeDelete(Todo, { id, member: memberId });
    if (gone === 0) throw new NotFoundException('There is no such todo.');
  }

  private async own(memberId: string, id: string): Promise<Todo> {
    const todo = await this.em.findOne(Todo, { id, member: { id: memberId } });
    if (!todo) throw new NotFoundException('There is no such todo.');
    return todo;
  }

  private async ownList(memberId: string, id: string): Promise<List> {
    const list = await this.em.findOne(List, { id, member: memberId });
    if (!list) throw new NotFoundException('There is no such list.');
    return list;
  }
}

function shown(todo: Todo): TodoDto {
  return {
    id: todo.id,
    title: todo.title,
    notes: todo.notes ?? null,
    dueDate: todo.dueDate ?? null,
    priority: todo.priority,
    status: todo.status,
    listId: todo.list?.id ?? null,
    createdAt: todo.createdAt,
  };
}
