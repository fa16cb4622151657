import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { FindOptionsWhere, ILike, Repository } from 'typeorm';
import { Page } from '../common/page';
import { TodoList } from '../data/todo-list.entity';
import { Todo, TodoStatus } from '../data/todo.entity';
import { CreateTodoDto, FindTodosDto, TodoDto, UpdateTodoDto } from './dto/todo.dto';

@Injectable()
export class TodosService {
  constructor(
    @InjectRepository(Todo) private readonly todos: Repository<Todo>,
    @InjectRepository(TodoList) private readonly lists: Repository<TodoList>,
  ) {}

  async create(userId: string, dto: CreateTodoDto): Promise<TodoDto> {
    const { listId, ...rest } = dto;
    const list = listId ? await this.ownList(userId, listId) : null;
    const todo = this.todos.create({ ...rest, list, owner: { id: userId } });
    return toDto(await this.todos.save(todo));
  }

  async findAll(userId: string, query: FindTodosDto): Promise<Page<TodoDto>> {
    const where: FindOptionsWhere<Todo> = { owner: { id: userId } };
    if (query.status) where.status = query.status as TodoStatus;
    if (query.priority) where.priority = query.priority as Todo['priority'];
    if (query.listId) where.list = { id: query.listId };
    if (query.title) where.title = ILike(`%${query.title}%`);
    const [todos, total] = await this.todos.findAndCount({
      where,
      relations: { list: true },
      order: { [query.sort ?? 'createdAt']: 'ASC' },
      skip: (query.page - 1) * query.limit,
      take: query.limit,
    });
    return { data: todos.map(toDto), total, page: query.page, limit: query.limit };
  }

  async findOne(userId: string, id: string): Promise<TodoDto> {
    return toDto(await this.own(userId, id));
  }

  async update(userId: string, id: string, dto: UpdateTodoDto): Promise<TodoDto> {
    const todo = await this.own(userId, id);
    const { listId, ...rest } = dto;
    if (listId !== undefined) {
      todo.list = listId === null ? null : await this.ownList(userId, listId);
    }
    Object.assign(todo, rest);
    return toDto(await this.todos.save(todo));
  }

  async complete(userId: string, id: string): Promise<TodoDto> {
    const todo = await this.own(userId, id);
    if (todo.status === TodoStatus.DONE) {
      throw new ConflictException('The todo is done already.');
    }
    todo.status = TodoStatus.DONE;
    return toDto(await this.todos.save(todo));
  }

  async reopen(userId: string, id: string): Promise<TodoDto> {
    const todo = await this.own(userId, id);
    if (todo.status !== TodoStatus.DONE) {
      throw new ConflictException('The todo is open.');
    }
    todo.status = TodoStatus.OPEN;
    return toDto(await this.todos.save(todo));
  }

  async remove(userId: string, id: string): Promise<void> {
    const todo = await this.own(userId, id);
    await this.todos.delete({ id: todo.id });
  }

  private async own(userId: string, id: string): Promise<Todo> {
    const todo = await this.todos.findOne({
      where: { id, owner: { id: userId } },
      relations: ['list'],
    });
    if (!todo) {
      throw new NotFoundException('There is no such todo.');
    }
    return todo;
  }

  private async ownList(userId: string, id: string): Promise<TodoList> {
    const list = await this.lists.findOneBy({ id, ownerId: userId });
    if (list === null) {
      throw new NotFoundException('There is no such list.');
    }
    return list;
  }
}

function toDto(todo: Todo): TodoDto {
  return {
    id: todo.id,
    title: todo.title,
    notes: todo.notes,
    dueDate: todo.dueDate,
    priority: todo.priority,
    status: todo.status,
    listId: todo.list?.id ?? null,
    createdAt: todo.createdAt,
  };
}
