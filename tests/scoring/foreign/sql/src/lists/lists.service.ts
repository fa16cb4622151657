import { Injectable, NotFoundException } from '@nestjs/common';
import { Pool } from 'pg';
import { Page } from '../common/page';
import { CreateListDto, FindListsDto, ListDto, UpdateListDto } from './dto/list.dto';

@Injectable()
export class ListsService {
  constructor(private readonly pool: Pool) {}

  async create(userId: string, dto: CreateListDto): Promise<ListDto> {
    const text = 'insert into lists (user_id, name) values ($1, $2) returning *';
    return this.one(text, [userId, dto.name]);
  }

  async findAll(userId: string, query: FindListsDto): Promise<Page<ListDto>> {
    const text = 'select * from lists where user_id = $1 order by created_at limit $2 offset $3';
    const skipped = (query.page - 1) * query.limit;
    const { rows } = await this.pool.query(text, [userId, query.limit, skipped]);
    return { data: rows, total: rows.length, page: query.page, limit: query.limit };
  }

  findOne(userId: string, id: string): Promise<ListDto> {
    return this.one('select * from lists where id = $1 and user_id = $2', [id, userId]);
  }

  update(userId: string, id: string, dto: UpdateListDto): Promise<ListDto> {
    const text = 'update lists set name = $3 where id = $1 and user_id = $2 returning *';
    return this.one(text, [id, userId, dto.name]);
  }

  async remove(userId: string, id: string): Promise<void> {
    await this.one('delete from lists where id = $1 and user_id = $2 returning id', [id, userId]);
  }

  private async one(text: string, values: unknown[]): Promise<ListDto> {
    const { rows } = await this.pool.query(text, values);
    if (rows.length === 0) throw new NotFoundException('There is no such list.');
    return rows[0];
  }
}
