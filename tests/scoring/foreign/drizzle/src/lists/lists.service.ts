import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { and, asc, count, desc, eq, ne } from 'drizzle-orm';
import { Page } from '../common/page';
import { Database, InjectDatabase } from '../data/data.module';
import { List, lists } from '../data/schema';
import { CreateListDto, FindListsDto, ListDto, UpdateListDto } from './dto/list.dto';

@Injectable()
export class ListsService {
  constructor(@InjectDatabase() private readonly db: Database) {}

  async create(memberId: string, dto: CreateListDto): Promise<ListDto> {
    const [{ held }] = await this.db
      .select({ held: count() })
      .from(lists)
      .where(eq(lists.memberId, memberId));
    if (held >= 20) throw new ConflictException('There are 20 lists already.');
    const [same] = await this.db
      .select()
      .from(lists)
      .where(and(eq(lists.memberId, memberId), eq(lists.name, dto.name)));
    if (same) throw new ConflictException('There is a list of this name already.');
    const [made] = await this.db.insert(lists).values({ ...dto, memberId }).returning();
    return shown(made);
  }

  async findAll(memberId: string, query: FindListsDto): Promise<Page<ListDto>> {
    const mine = eq(lists.memberId, memberId);
    const [rows, total] = await Promise.all([
      this.db
        .select()
        .from(lists)
        .where(mine)
        .orderBy(query.sort === 'name' ? asc(lists.name) : desc(lists.createdAt))
        .limit(query.limit)
        .offset((query.page - 1) * query.limit),
      this.db.$count(lists, mine),
    ]);
    return { data: rows.map(shown), total, page: query.page, limit: query.limit };
  }

  async findOne(memberId: string, id: string): Promise<ListDto> {
    return shown(await this.own(memberId, id));
  }

  async update(memberId: string, id: string, dto: UpdateListDto): Promise<ListDto> {
    const list = await this.own(memberId, id);
    if (dto.name === undefined) return shown(list);
    const same = await this.db.query.lists.findFirst({
      where: and(eq(lists.memberId, memberId), eq(lists.name, dto.name), ne(lists.id, id)),
    });
    if (same) throw new ConflictException('There is a list of this name already.');
    const [changed] = await this.db
      .update(lists)
      .set({ name: dto.name })
      .where(eq(lists.id, list.id))
      .returning();
    return shown(changed);
  }

  async remove(memberId: string, id: string): Promise<void> {
    const gone = await this.db
      .delete(lists)
      .where(and(eq(lists.id, id), eq(lists.memberId, memberId)))
      .returning();
    if (gone.length === 0) throw new NotFoundException('There is no such list.');
  }

  private async own(memberId: string, id: string): Promise<List> {
    const list = await this.db.query.lists.findFirst({
      where: (t, { and, eq }) => and(eq(t.id, id), eq(t.memberId, memberId)),
    });
    if (!list) throw new NotFoundException('There is no such list.');
    return list;
  }
}

function shown({ id, name, createdAt }: List): ListDto {
  return { id, name, createdAt };
}
