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
import { CreateTodoDto, FindTodosDto, TodoDto, UpdateTodoDto } from './dto/todo.dto';
import { TodosService } from './todos.service';

@ApiTags('todos')
@ApiBearerAuth()
@UseGuards(JwtAuthGuard)
@Controller('todos')
export class TodosController {
  constructor(private readonly todos: TodosService) {}

  /** Creates a todo. */
  @Post()
  @ApiNotFoundResponse()
  create(@CurrentUser() user: Principal, @Body() dto: CreateTodoDto): Promise<TodoDto> {
    return this.todos.create(user.id, dto);
  }

  /** Shows the caller's todos. */
  @Get()
  findAll(@CurrentUser() user: Principal, @Query() query: FindTodosDto): Promise<Page<TodoDto>> {
    return this.todos.findAll(user.id, query);
  }

  /** Shows a todo. */
  @Get(':id')
  @ApiNotFoundResponse()
  findOne(
    @CurrentUser() user: Principal,
    @Param('id', ParseUUIDPipe) id: string,
  ): Promise<TodoDto> {
    return this.todos.findOne(user.id, id);
  }

  /** Changes a todo. */
  @Patch(':id')
  @ApiNotFoundResponse()
  update(
    @CurrentUser() user: Principal,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() dto: UpdateTodoDto,
  ): Promise<TodoDto> {
    return this.todos.update(user.id, id, dto);
  }

  /** Completes an open todo. */
  @Post(':id/complete')
  @HttpCode(200)
  @ApiNotFoundResponse()
  @ApiConflictResponse()
  complete(
    @CurrentUser() user: Principal,
    @Param('id', ParseUUIDPipe) id: string,
  ): Promise<TodoDto> {
    return this.todos.complete(user.id, id);
  }

  /** Reopens a done todo. */
  @Post(':id/reopen')
  @HttpCode(200)
  @ApiNotFoundResponse()
  @ApiConflictResponse()
  reopen(@CurrentUser() user: Principal, @Param('id', ParseUUIDPipe) id: string): Promise<TodoDto> {
    return this.todos.reopen(user.id, id);
  }

  /** Deletes a todo. */
  @Delete(':id')
  @HttpCode(204)
  @ApiNotFoundResponse()
  remove(@CurrentUser() user: Principal, @Param('id', ParseUUIDPipe) id: string): Promise<void> {
    return this.todos.remove(user.id, id);
  }
}
