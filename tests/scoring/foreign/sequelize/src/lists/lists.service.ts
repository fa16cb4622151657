import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { InjectModel } from '@nestjs/sequelize';
import { Page } from '../common/page';
import { List } from '../data/models';
import { CreateListDto, FindListsDto, ListDto, UpdateListDto } from './dto/list.dto';

@Injectable()
export class ListsService {
  constructor(@InjectModel(List) private readonly lists: typeof List) {}

  async create(userId: string, dto: CreateListDto): Promise<ListDto> {
    if ((await this.lists.count({ where: { userId } })) >= 20) {
      throw new ConflictException('There are 20 lists already.');
    }
    return this.lists.create({ name: dto.name, userId });
  }

  async findAll(userId: string, query: FindListsDto): Promise<Page<ListDto>> {
    const { rows, count } = await this.lists.findAndCountAll({
      where: { userId },
      order: [[query.sort ?? 'createdAt', 'ASC']],
      offset: (query.page - 1) * query.limit,
      limit: query.limit,
    });
    return { data: rows, total: count, page: query.page, limit: query.limit };
  }

  async findOne(userId: string, id: string): Promise<ListDto> {
    const list = await this.lists.findOne({ where: { id, userId } });
    if (!list) throw new NotFoundException('There is no such list.');
    return list;
  }

  async update(userId: string, id: string, dto: UpdateListDto): Promise<ListDto> {
    const [changed] = await this.lists.update(dto, { where: { id, userId } });
    if (changed === 0) throw new NotFoundException('There is no such list.');
    return this.findOne(userId, id);
  }

  async remove(userId: string, id: string): Promise<void> {
    const gone = await this.lists.destroy({ where: { id, userId } });
    if (gone === 0) throw new NotFoundException('There is no such list.');
  }
}
