import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString } from 'class-validator';
import { PaginationDto } from '../../common/pagination.dto';

export class FindTodosDto extends PaginationDto {
  @IsOptional()
  @Transform(({ value }) => value === 'true')
  @IsBoolean()
  completed?: boolean;

  @IsOptional()
  @IsIn(['low', 'normal', 'high'])
  priority?: string;

  @IsOptional()
  @Type(() => Number)
  @IsInt()
  listId?: number;

  @IsOptional()
  @IsString()
  search?: string;
}
