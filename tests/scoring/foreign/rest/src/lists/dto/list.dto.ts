import { PartialType } from '@nestjs/mapped-types';
import { IsIn, IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { PageQuery } from '../../common/page';

export class CreateListDto {
  @IsString()
  @MinLength(1)
  @MaxLength(60)
  name: string;
}

export class UpdateListDto extends PartialType(CreateListDto) {}

export class FindListsDto extends PageQuery {
  @IsOptional()
  @IsIn(['name', 'createdAt'])
  sort?: 'name' | 'createdAt';
}

export class ListDto {
  id: string;
  name: string;
  createdAt: Date;
}
