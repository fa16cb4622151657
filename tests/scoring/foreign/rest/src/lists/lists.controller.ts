import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  ParseUUIDPipe,
  Patch,
  Post,
  Query,
  UseGuards,
} from '@nestjs/common';
import { ApiBearerAuth, ApiConflictResponse, ApiNotFoundResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUser, Principal } from '../auth/current-user.decorator';
import { JwtAuthGuard } from '../auth/jwt-auth.guard';
import { Page } from '../common/page';
import { CreateListDto, FindListsDto, ListDto, UpdateListDto } from './dto/list.dto';
import { ListsService } from './lists.service';

@ApiTags('lists')
@ApiBearerAuth()
@UseGuards(JwtAuthGuard)
@Controller('lists')
export class ListsController {
  constructor(private readonly lists: ListsService) {}

  /** Creates a list. */
  @Post()
  @ApiConflictResponse()
  create(@CurrentUser() user: Principal, @Body() dto: CreateListDto): Promise<ListDto> {
    return this.lists.create(user.id, dto);
  }

  /** Shows the caller's lists. */
  @Get()
  findAll(@CurrentUser() user: Principal, @Query() query: FindListsDto): Promise<Page<ListDto>> {
    return this.lists.findAll(user.id, query);
  }

  /** Shows a list. */
  @Get(':id')
  @ApiNotFoundResponse()
  findOne(
    @CurrentUser() user: Principal,
    @Param('id', ParseUUIDPipe) id: string,
  ): Promise<ListDto> {
    return this.lists.findOne(user.id, id);
  }

  /** Renames a list. */
  @Patch(':id')
  @ApiNotFoundResponse()
  @ApiConflictResponse()
  update(
    @CurrentUser() user: Principal,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() dto: UpdateListDto,
  ): Promise<ListDto> {
    return this.lists.update(user.id, id, dto);
  }

  /** Deletes a list and keeps its todos. */
  @Delete(':id')
  @HttpCode(204)
  @ApiNotFoundResponse()
  remove(@CurrentUser() user: Principal, @Param('id', ParseUUIDPipe) id: string): Promise<void> {
    return this.lists.remove(user.id, id);
  }
}
