import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { Pool } from 'pg';
import { Page } from '../common/page';
import { CreateTodoDto, FindTodosDto, TodoDto, UpdateTodoDto } from './dto/todo.dto';

@Injectable()
export class TodosService {
  constructor(private readonly pool: Pool) {}

  create(userId: string, dto: CreateTodoDto): Promise<TodoDto> {
    const text = 'insert into todos (user_id, title, notes) values ($1, $2, $3) returning *';
    return this.one(text, [userId, dto.title, dto.notes]);
  }

  async findAll(userId: string, query: FindTodosDto): Promise<Page<TodoDto>> {
    const text = 'select * from todos where user_id = $1 order by created_at limit $2 offset $3';
    const skipped = (query.page - 1) * query.limit;
    const { rows } = await this.pool.query(text, [userId, query.limit, skipped]);
    return { data: rows, total: rows.length, page: query.page, limit: query.limit };
  }

  findOne(userId: string, id: string): Promise<TodoDto> {
    return this.one('select * from todos where id = $1 and user_id = $2', [id, userId]);
  }

  update(userId: string, id: string, dto: UpdateTodoDto): Promise<TodoDto> {
    const text = 'update todos set title = $3 where id = $1 and user_id = $2 returning *';
    return this.one(text, [id, userId, dto.title]);
  }

  async complete(userId: string, id: string): Promise<TodoDto> {
    const todo = await this.findOne(userId, id);
    if (todo.status === 'done') throw new ConflictException('The todo is done already.');
    return this.one("update todos set status = 'done' where id = $1 returning *", [id]);
  }

  async reopen(userId: string, id: string): Promise<TodoDto> {
    const todo = await this.findOne(userId, id);
    if (todo.status === 'open') throw new ConflictException('The todo is open.');
    return this.one("update todos set status = 'open' where id = $1 returning *", [id]);
  }

  async remove(userId: string, id: string): Promise<void> {
    await this.one('delete from todos where id = $1 and user_id = $2 returning id', [id, userId]);
  }

  private async one(text: string, values: unknown[]): Promise<TodoDto> {
    const { rows } = await this.pool.query(text, values);
    if (rows.length === 0) throw new NotFoundException('There is no such todo.');
    return rows[0];
  }
}
