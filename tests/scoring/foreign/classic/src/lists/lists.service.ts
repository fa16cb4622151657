import { Injectable, NotFoundException } from '@nestjs/common';
import { PrismaService } from '../prisma/prisma.service';
import { CreateListDto } from './dto/create-list.dto';
import { UpdateListDto } from './dto/update-list.dto';

@Injectable()
export class ListsService {
  constructor(private readonly prisma: PrismaService) {}

  create(userId: number, dto: CreateListDto) {
    return this.prisma.list.create({ data: { ...dto, userId } });
  }

  findAll(userId: number) {
    return this.prisma.list.findMany({ where: { userId }, orderBy: { name: 'asc' } });
  }

  async findOne(userId: number, id: number) {
    const list = await this.prisma.list.findFirst({ where: { id, userId } });
    if (!list) {
      throw new NotFoundException(`List ${id} not found`);
    }
    return list;
  }

  update(id: number, dto: UpdateListDto) {
    return this.prisma.list.update({ where: { id }, data: dto });
  }

  async remove(userId: number, id: number) {
    await this.findOne(userId, id);
    await this.prisma.todo.updateMany({ where: { listId: id }, data: { listId: null } });
    return this.prisma.list.delete({ where: { id } });
  }
}
