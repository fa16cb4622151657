import { ConflictException, Injectable, Logger, NotFoundException } from '@nestjs/common';
import { Prisma } from '@prisma/client';
import { PrismaService } from '../prisma/prisma.service';
import { CreateTodoDto } from './dto/create-todo.dto';
import { FindTodosDto } from './dto/find-todos.dto';
import { UpdateTodoDto } from './dto/update-todo.dto';

@Injectable()
export class TodosService {
  private readonly logger = new Logger(TodosService.name);

  constructor(private readonly prisma: PrismaService) {}

  async create(userId: number, dto: CreateTodoDto) {
    if (dto.listId) {
      const list = await this.prisma.list.findUnique({ where: { id: dto.listId } });
      if (!list) {
        throw new NotFoundException('List not found');
      }
    }
    return this.prisma.todo.create({ data: { ...dto, userId } });
  }

  async findAll(userId: number, query: FindTodosDto) {
    const { page = 1, limit = 20, completed, priority, listId, search } = query;
    const where: Prisma.TodoWhereInput = { userId };
    if (completed !== undefined) where.completed = completed;
    if (priority) where.priority = priority;
    if (listId) where.listId = listId;
    if (search) where.title = { contains: search, mode: 'insensitive' };
    const [items, total] = await this.prisma.$transaction([
      this.prisma.todo.findMany({
        where,
        orderBy: { createdAt: 'desc' },
        skip: (page - 1) * limit,
        take: limit,
      }),
      this.prisma.todo.count({ where }),
    ]);
    return { items, total, page, limit };
  }

  async findOne(userId: number, id: number) {
    const todo = await this.prisma.todo.findUnique({ where: { id } });
    if (!todo || todo.userId !== userId) {
      throw new NotFoundException(`Todo ${id} not found`);
    }
    return todo;
  }

  async update(userId: number, id: number, dto: UpdateTodoDto) {
    await this.findOne(userId, id);
    return this.prisma.todo.update({ where: { id }, data: dto });
  }

  async complete(userId: number, id: number) {
    const todo = await this.findOne(userId, id);
    if (todo.completed) {
      throw new ConflictException('Todo already completed');
    }
    this.logger.log(`Completing todo ${id}`);
    return this.prisma.todo.update({ where: { id }, data: { completed: true } });
  }

  async remove(userId: number, id: number) {
    await this.findOne(userId, id);
    return this.prisma.todo.delete({ where: { id } });
  }
}
