import { PartialType } from '@nestjs/mapped-types';
import {
  IsDateString,
  IsIn,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
  MinLength,
} from 'class-validator';
import { PageQuery } from '../../common/page';

export const PRIORITIES = ['low', 'normal', 'high'] as const;
export type Priority = (typeof PRIORITIES)[number];
export const STATUSES = ['open', 'done'] as const;
export type Status = (typeof STATUSES)[number];

export class CreateTodoDto {
  @IsString()
  @MinLength(1)
  @MaxLength(120)
  title: string;

  @IsOptional()
  @IsString()
  @MaxLength(2000)
  notes?: string | null;

  @IsOptional()
  @IsDateString()
  dueDate?: string | null;

  @IsOptional()
  @IsIn(['low', 'normal', 'high'])
  priority?: Priority;

  @IsOptional()
  @IsUUID()
  listId?: string | null;
}

export class UpdateTodoDto extends PartialType(CreateTodoDto) {}

export class FindTodosDto extends PageQuery {
  @IsOptional()
  @IsIn(['open', 'done'])
  status?: Status;

  @IsOptional()
  @IsIn(['low', 'normal', 'high'])
  priority?: Priority;

  @IsOptional()
  @IsUUID()
  listId?: string;

  @IsOptional()
  @IsString()
  title?: string;

  @IsOptional()
  @IsIn(['dueDate', 'priority', 'createdAt'])
  sort?: 'dueDate' | 'priority' | 'createdAt';
}

export class TodoDto {
  id: string;
  title: string;
  notes: string | null;
  dueDate: Date | null;
  priority: Priority;
  status: Status;
  listId: string | null;
  createdAt: Date;
}
