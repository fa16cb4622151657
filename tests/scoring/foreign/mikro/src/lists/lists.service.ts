import { EntityRepository } from '@mikro-orm/core';
import { InjectRepository } from '@mikro-orm/nestjs';
import { EntityManager } from '@mikro-orm/postgresql';
import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { Page } from '../common/page';
import { List, Member } from '../data/entities';
import { CreateListDto, FindListsDto, ListDto, UpdateListDto } from './dto/list.dto';

@Injectable()
export class ListsService {
  constructor(
    private readonly em: EntityManager,
    @InjectRepository(List) private readonly lists: EntityRepository<List>,
  ) {}

  async create(memberId: string, dto: CreateListDto): Promise<ListDto> {
    const member = this.em.getReference(Member, memberId);
    if ((await this.lists.count({ member: memberId })) >= 20) {
      throw new ConflictException('There are 20 lists already.');
    }
    await this.checkName(memberId, dto.name);
    const list = this.lists.create({ name: dto.name, member });
    await this.em.persist(list).flush();
    return shown(list);
  }

  async findAll(memberId: string, query: FindListsDto): Promise<Page<ListDto>> {
    const [lists, total] = await this.lists.findAndCount(
      { member: memberId },
      {
        orderBy: query.sort === 'name' ? { name: 'asc' } : { createdAt: 'desc' },
        limit: query.limit,
        offset: (query.page - 1) * query.limit,
      },
    );
    return { data: lists.map(shown), total, page: query.page, limit: query.limit };
  }

  async findOne(memberId: string, id: string): Promise<ListDto> {
    return shown(await this.own(memberId, id));
  }

  async update(memberId: string, id: string, dto: UpdateListDto): Promise<ListDto> {
    const list = await this.own(memberId, id);
    if (dto.name !== undefined) {
      await this.checkName(memberId, dto.name, id);
      list.name = dto.name;
    }
    await this.em.flush();
    return shown(list);
  }

  async remove(memberId: string, id: string): Promise<void> {
    const list = await this.own(memberId, id);
    await this.em.removeAndFlush(list);
  }

  private own(memberId: string, id: string): Promise<List> {
    return this.lists.findOneOrFail(
      { id, member: memberId },
      { failHandler: () => new NotFoundException('There is no such list.') },
    );
  }

  private async checkName(memberId: string, name: string, id?: string): Promise<void> {
    const same = await this.lists.findOne({
      member: memberId,
      name,
      ...(id !== undefined && { id: { $ne: id } }),
    });
    if (same) throw new ConflictException('There is a list of this name already.');
  }
}

function shown(list: List): ListDto {
  return { id: list.id, name: list.name, createdAt: list.createdAt };
}
