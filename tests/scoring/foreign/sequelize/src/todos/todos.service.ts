import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { InjectModel } from '@nestjs/sequelize';
import { Page } from '../common/page';
import { Todo } from '../data/models';
import { CreateTodoDto, FindTodosDto, TodoDto, UpdateTodoDto } from './dto/todo.dto';

@Injectable()
export class TodosService {
  constructor(@InjectModel(Todo) private readonly todos: typeof Todo) {}

  create(userId: string, dto: CreateTodoDto): Promise<TodoDto> {
    return this.todos.create({ ...dto, userId });
  }

  async findAll(userId: string, query: FindTodosDto): Promise<Page<TodoDto>> {
    const { rows, count } = await this.todos.findAndCountAll({
      where: { userId, ...(query.status && { status: query.status }) },
      order: [[query.sort ?? 'createdAt', 'ASC']],
      offset: (query.page - 1) * query.limit,
      limit: query.limit,
    });
    return { data: rows, total: count, page: query.page, limit: query.limit };
  }

  async findOne(userId: string, id: string): Promise<TodoDto> {
    return this.own(userId, id);
  }

  async update(userId: string, id: string, dto: UpdateTodoDto): Promise<TodoDto> {
    const todo = await this.own(userId, id);
    return todo.update(dto);
  }

  async complete(userId: string, id: string): Promise<TodoDto> {
    const todo = await this.own(userId, id);
    if (todo.status === 'done') throw new ConflictException('The todo is done already.');
    return todo.update({ status: 'done' });
  }

  async reopen(userId: string, id: string): Promise<TodoDto> {
    const todo = await this.own(userId, id);
    if (todo.status === 'open') throw new ConflictException('The todo is open.');
    return todo.update({ status: 'open' });
  }

  async remove(userId: string, id: string): Promise<void> {
    const todo = await this.own(userId, id);
    await todo.destroy();
  }

  private async own(userId: string, id: string): Promise<Todo> {
    const todo = await this.todos.findOne({ where: { id, userId } });
    if (!todo) throw new NotFoundException('There is no such todo.');
    return todo;
  }
}
