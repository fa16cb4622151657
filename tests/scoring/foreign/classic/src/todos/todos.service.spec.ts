import { NotFoundException } from '@nestjs/common';
import { Test, TestingModule } from '@nestjs/testing';
import { PrismaService } from '../prisma/prisma.service';
import { TodosService } from './todos.service';

describe('TodosService', () => {
  let service: TodosService;
  const prisma = { todo: { findUnique: jest.fn(), create: jest.fn() } };

  beforeEach(async () => {
    const module: TestingModule = await Test.createTestingModule({
      providers: [TodosService, { provide: PrismaService, useValue: prisma }],
    }).compile();
    service = module.get(TodosService);
  });

  it('refuses todos of others', async () => {
    prisma.todo.findUnique.mockResolvedValue({ id: 1, userId: 2 });
    await expect(service.findOne(1, 1)).rejects.toThrow(NotFoundException);
  });
});
