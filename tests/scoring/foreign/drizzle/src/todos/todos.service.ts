import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { and, asc, eq, ilike, SQL } from 'drizzle-orm';
import { Page } from '../common/page';
import { Database, InjectDatabase } from '../data/data.module';
import { lists, Todo, todos } from '../data/schema';
import { CreateTodoDto, FindTodosDto, TodoDto, UpdateTodoDto } from './dto/todo.dto';

const SORTED = { dueDate: todos.dueDate, priority: todos.priority, createdAt: todos.createdAt };

@Injectable()
export class TodosService {
  constructor(@InjectDatabase() private readonly db: Database) {}

  async create(memberId: string, dto: CreateTodoDto): Promise<TodoDto> {
    if (dto.listId) await this.checkList(memberId, dto.listId);
    const [made] = await this.db
      .insert(todos)
      .values({ ...dto, dueDate: dto.dueDate ? new Date(dto.dueDate) : null, memberId })
      .returning();
    return shown(made);
  }

  async findAll(memberId: string, query: FindTodosDto): Promise<Page<TodoDto>> {
    const conditions: SQL[] = [eq(todos.memberId, memberId)];
    if (query.status) conditions.push(eq(todos.status, query.status));
    if (query.priority) conditions.push(eq(todos.priority, query.priority));
    const where = and(
      ...conditions,
      query.listId ? eq(todos.listId, query.listId) : undefined,
      query.title ? ilike(todos.title, `%${query.title}%`) : undefined,
    );
    const rows = await this.db
      .select()
      .from(todos)
      .where(where)
      .orderBy(asc(SORTED[query.sort ?? 'createdAt']))
      .limit(query.limit)
      .offset((query.page - 1) * query.limit);
    const total = await this.db.$count(todos, where);
    return { data: rows.map(shown), total, page: query.page, limit: query.limit };
  }

  async findOne(memberId: string, id: string): Promise<TodoDto> {
    return shown(await this.own(memberId, id));
  }

  async update(memberId: string, id: string, dto: UpdateTodoDto): Promise<TodoDto> {
    await this.own(memberId, id);
    if (dto.listId) await this.checkList(memberId, dto.listId);
    const { dueDate, ...rest } = dto;
    const [changed] = await this.db
      .update(todos)
      .set({ ...rest, ...(dueDate !== undefined && { dueDate: dueDate && new Date(dueDate) }) })
      .where(eq(todos.id, id))
      .returning();
    return shown(changed);
  }

  async complete(memberId: string, id: string): Promise<TodoDto> {
    const todo = await this.own(memberId, id);
    if (todo.status === 'done') throw new ConflictException('The todo is done already.');
    return this.put(id, 'done');
  }

  async reopen(memberId: string, id: string): Promise<TodoDto> {
    const todo = await this.own(memberId, id);
    if (todo.status === 'open') throw new ConflictException('The todo is open.');
    return this.put(id, 'open');
  }

  async remove(memberId: string, id: string): Promise<void> {
    await this.own(memberId, id);
    await this.db.delete(todos).where(eq(todos.id, id));
  }

  private async put(id: string, status: Todo['status']): Promise<TodoDto> {
    const [changed] = await this.db
      .update(todos)
      .set({ status })
      .where(eq(todos.id, id))
      .returning();
    return shown(changed);
  }

  private async own(memberId: string, id: string): Promise<Todo> {
    const [todo] = await this.db
      .select()
      .from(todos)
      .where(and(eq(todos.id, id), eq(todos.memberId, memberId)))
      .limit(1);
    if (!todo) throw new NotFoundException('There is no such todo.');
    return todo;
  }

  private async checkList(memberId: string, id: string): Promise<void> {
    const [list] = await this.db
      .select({ id: lists.id })
      .from(lists)
      .where(and(eq(lists.id, id), eq(lists.memberId, memberId)));
    if (!list) throw new NotFoundException('There is no such list.');
  }
}

function shown({ memberId, ...rest }: Todo): TodoDto {
  return rest;
}
