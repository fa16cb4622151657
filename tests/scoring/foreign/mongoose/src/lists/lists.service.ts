import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Model, Types } from 'mongoose';
import { Page } from '../common/page';
import { List, ListDocument } from '../data/list.schema';
import { Todo, TodoDocument } from '../data/todo.schema';
import { CreateListDto, FindListsDto, ListDto, UpdateListDto } from './dto/list.dto';

@Injectable()
export class ListsService {
  constructor(
    @InjectModel(List.name) private readonly lists: Model<ListDocument>,
    @InjectModel(Todo.name) private readonly todos: Model<TodoDocument>,
  ) {}

  async create(memberId: string, dto: CreateListDto): Promise<ListDto> {
    const member = new Types.ObjectId(memberId);
    if ((await this.lists.countDocuments({ member })) >= 20) {
      throw new ConflictException('There are 20 lists already.');
    }
    if (await this.lists.findOne({ member, name: dto.name }).lean()) {
      throw new ConflictException('There is a list of this name already.');
    }
    return shown(await this.lists.create({ ...dto, member }));
  }

  async findAll(memberId: string, query: FindListsDto): Promise<Page<ListDto>> {
    const filter = { member: new Types.ObjectId(memberId) };
    const [found, total] = await Promise.all([
      this.lists
        .find(filter)
        .sort(query.sort === 'name' ? { name: 1 } : { createdAt: -1 })
        .skip((query.page - 1) * query.limit)
        .limit(query.limit)
        .exec(),
      this.lists.countDocuments(filter),
    ]);
    return { data: found.map(shown), total, page: query.page, limit: query.limit };
  }

  async findOne(memberId: string, id: string): Promise<ListDto> {
    const list = await this.lists.findOne({ _id: id, member: memberId }).exec();
    if (!list) throw new NotFoundException('There is no such list.');
    return shown(list);
  }

  async update(memberId: string, id: string, dto: UpdateListDto): Promise<ListDto> {
    if (dto.name) {
      const same = await this.lists.exists({ member: memberId, name: dto.name, _id: { $ne: id } });
      if (same) throw new ConflictException('There is a list of this name already.');
    }
    const list = await this.lists
      .findOneAndUpdate({ _id: id, member: memberId }, { $set: dto }, { new: true })
      .exec();
    if (!list) throw new NotFoundException('There is no such list.');
    return shown(list);
  }

  async remove(memberId: string, id: string): Promise<void> {
    const { deletedCount } = await this.lists.deleteOne({ _id: id, member: memberId });
    if (deletedCount === 0) throw new NotFoundException('There is no such list.');
    await this.todos.updateMany({ list: id }, { list: null });
  }
}

function shown(list: ListDocument): ListDto {
  return { id: list.id, name: list.name, createdAt: list.createdAt };
}
