import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { FilterQuery, Model } from 'mongoose';
import { Page } from '../common/page';
import { List, ListDocument } from '../data/list.schema';
import { Todo, TodoDocument } from '../data/todo.schema';
import { CreateTodoDto, FindTodosDto, TodoDto, UpdateTodoDto } from './dto/todo.dto';

@Injectable()
export class TodosService {
  constructor(
    @InjectModel(Todo.name) private readonly todos: Model<TodoDocument>,
    @InjectModel(List.name) private readonly lists: Model<ListDocument>,
  ) {}

  async create(memberId: string, dto: CreateTodoDto): Promise<TodoDto> {
    const { listId, ...rest } = dto;
    await this.checkList(memberId, listId);
    const todo = await this.todos.create({ ...rest, list: listId ?? null, member: memberId });
    return shown(todo);
  }

  async findAll(memberId: string, query: FindTodosDto): Promise<Page<TodoDto>> {
    const filter: FilterQuery<Todo> = { member: memberId };
    if (query.status) filter.status = query.status;
    if (query.priority) filter.priority = query.priority;
    if (query.listId) filter.list = query.listId;
    if (query.title) filter.title = { $regex: query.title, $options: 'i' };
    const found = await this.todos
      .find(filter)
      .sort({ [query.sort ?? 'createdAt']: 1 })
      .skip((query.page - 1) * query.limit)
      .limit(query.limit);
    const total = await this.todos.countDocuments(filter);
    return { data: found.map(shown), total, page: query.page, limit: query.limit };
  }

  async findOne(memberId: string, id: string): Promise<TodoDto> {
    return shown(await this.own(memberId, id));
  }

  async update(memberId: string, id: string, dto: UpdateTodoDto): Promise<TodoDto> {
    const todo = await this.own(memberId, id);
    const { listId, ...rest } = dto;
    if (listId !== undefined) {
      await this.checkList(memberId, listId);
      todo.set({ list: listId });
    }
    todo.set(rest);
    await todo.save();
    return shown(todo);
  }

  async complete(memberId: string, id: string): Promise<TodoDto> {
    const todo = await this.own(memberId, id);
    if (todo.status === 'done') throw new ConflictException('The todo is done already.');
    todo.status = 'done';
    await todo.save();
    return shown(todo);
  }

  async reopen(memberId: string, id: string): Promise<TodoDto> {
    const todo = await this.own(memberId, id);
    if (todo.status === 'open') throw new ConflictException('The todo is open.');
    await this.todos.updateOne({ _id: todo._id }, { $set: { status: 'open' } });
    return shown(await this.own(memberId, id));
  }

  async remove(memberId: string, id: string): Promise<void> {
    const todo = await this.own(memberId, id);
    await todo.deleteOne();
  }

  private async own(memberId: string, id: string): Promise<TodoDocument> {
    const todo = await this.todos.findById(id).exec();
    if (!todo || todo.member.toString() !== memberId) {
      throw new NotFoundException('There is no such todo.');
    }
    return todo;
  }

  private async checkList(memberId: string, id: string | null | undefined): Promise<void> {
    if (id && !(await this.lists.exists({ _id: id, member: memberId }))) {
      throw new NotFoundException('There is no such list.');
    }
  }
}

function shown(todo: TodoDocument): TodoDto {
  return {
    id: todo.id,
    title: todo.title,
    notes: todo.notes ?? null,
    dueDate: todo.dueDate ?? null,
    priority: todo.priority,
    status: todo.status,
    listId: todo.list?.toString() ?? null,
    createdAt: todo.createdAt,
  };
}
