import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { Page } from '../common/page';
import { TodoList } from '../data/todo-list.entity';
import { TodoListsRepository } from '../data/todo-lists.repository';
import { CreateListDto, FindListsDto, ListDto, UpdateListDto } from './dto/list.dto';

@Injectable()
export class ListsService {
  constructor(private readonly repository: TodoListsRepository) {}

  async create(ownerId: string, dto: CreateListDto): Promise<ListDto> {
    const held = await this.repository.count({ where: { ownerId } });
    if (held > 19) throw new ConflictException('There are 20 lists already.');
    await this.checkName(ownerId, dto.name);
    return this.repository.save({ name: dto.name, ownerId });
  }

  findAll(ownerId: string, query: FindListsDto): Promise<Page<ListDto>> {
    const { page, limit, sort = 'createdAt' } = query;
    return this.repository
      .page(ownerId, { [sort]: 'ASC' }, page, limit)
      .then(([data, total]) => ({ data, total, page, limit }));
  }

  async findOne(ownerId: string, id: string): Promise<ListDto> {
    return this.own(ownerId, id);
  }

  async update(ownerId: string, id: string, dto: UpdateListDto): Promise<ListDto> {
    const list = await this.own(ownerId, id);
    if (dto.name !== undefined) await this.checkName(ownerId, dto.name, id);
    return this.repository.save({ ...list, ...dto });
  }

  async remove(ownerId: string, id: string): Promise<void> {
    const result = await this.repository.delete({ id, ownerId });
    if (result.affected === 0) throw new NotFoundException('There is no such list.');
  }

  private own(ownerId: string, id: string): Promise<TodoList> {
    return this.repository.ofOwner(ownerId, id).then((list) => {
      if (list === null) throw new NotFoundException('There is no such list.');
      return list;
    });
  }

  private async checkName(ownerId: string, name: string, except?: string): Promise<void> {
    if (await this.repository.hasName(ownerId, name, except)) {
      throw new ConflictException('There is a list of this name already.');
    }
  }
}
