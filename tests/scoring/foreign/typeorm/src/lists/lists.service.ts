import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Not, Repository } from 'typeorm';
import { Page } from '../common/page';
import { TodoList } from '../data/todo-list.entity';
import { CreateListDto, FindListsDto, ListDto, UpdateListDto } from './dto/list.dto';

const LISTS_MAX = 20;

@Injectable()
export class ListsService {
  constructor(@InjectRepository(TodoList) private readonly lists: Repository<TodoList>) {}

  async create(ownerId: string, dto: CreateListDto): Promise<ListDto> {
    const count = await this.lists.countBy({ ownerId });
    if (count >= LISTS_MAX) {
      throw new ConflictException('There are 20 lists already.');
    }
    if (await this.lists.findOneBy({ ownerId, name: dto.name })) {
      throw new ConflictException('There is a list of this name already.');
    }
    const list = this.lists.create({ ...dto, ownerId });
    return toDto(await this.lists.save(list));
  }

  async findAll(ownerId: string, query: FindListsDto): Promise<Page<ListDto>> {
    const [lists, total] = await this.lists.findAndCount({
      where: { ownerId },
      order: query.sort === 'name' ? { name: 'ASC' } : { createdAt: 'DESC' },
      skip: (query.page - 1) * query.limit,
      take: query.limit,
    });
    return { data: lists.map(toDto), total, page: query.page, limit: query.limit };
  }

  async findOne(ownerId: string, id: string): Promise<ListDto> {
    return toDto(await this.own(ownerId, id));
  }

  async update(ownerId: string, id: string, dto: UpdateListDto): Promise<ListDto> {
    const list = await this.own(ownerId, id);
    if (dto.name !== undefined) {
      const same = await this.lists.findOneBy({ ownerId, name: dto.name, id: Not(id) });
      if (same) {
        throw new ConflictException('There is a list of this name already.');
      }
      list.name = dto.name;
    }
    return toDto(await this.lists.save(list));
  }

  async remove(ownerId: string, id: string): Promise<void> {
    const list = await this.own(ownerId, id);
    await this.lists.remove(list);
  }

  private async own(ownerId: string, id: string): Promise<TodoList> {
    const list = await this.lists.findOneBy({ id, ownerId });
    if (!list) {
      throw new NotFoundException('There is no such list.');
    }
    return list;
  }
}

function toDto(list: TodoList): ListDto {
  return { id: list.id, name: list.name, createdAt: list.createdAt };
}
