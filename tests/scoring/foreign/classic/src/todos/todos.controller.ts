import {
  Body,
  Controller,
  Delete,
  Get,
  Param,
  ParseIntPipe,
  Patch,
  Post,
  Query,
  UseGuards,
} from '@nestjs/common';
import { ApiBearerAuth, ApiNotFoundResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUser } from '../auth/current-user.decorator';
import { JwtAuthGuard } from '../auth/jwt-auth.guard';
import { CreateTodoDto } from './dto/create-todo.dto';
import { FindTodosDto } from './dto/find-todos.dto';
import { UpdateTodoDto } from './dto/update-todo.dto';
import { TodosService } from './todos.service';

@ApiTags('todos')
@ApiBearerAuth()
@UseGuards(JwtAuthGuard)
@Controller('todos')
export class TodosController {
  constructor(private readonly todosService: TodosService) {}

  @Post()
  create(@CurrentUser() user, @Body() dto: CreateTodoDto) {
    return this.todosService.create(user.id, dto);
  }

  @Get()
  findAll(@CurrentUser() user, @Query() query: FindTodosDto) {
    return this.todosService.findAll(user.id, query);
  }

  @Get(':id')
  @ApiNotFoundResponse()
  findOne(@CurrentUser() user, @Param('id', ParseIntPipe) id: number) {
    return this.todosService.findOne(user.id, id);
  }

  @Patch(':id')
  @ApiNotFoundResponse()
  update(
    @CurrentUser() user,
    @Param('id', ParseIntPipe) id: number,
    @Body() dto: UpdateTodoDto,
  ) {
    return this.todosService.update(user.id, id, dto);
  }

  @Patch(':id/complete')
  complete(@CurrentUser() user, @Param('id', ParseIntPipe) id: number) {
    return this.todosService.complete(user.id, id);
  }

  @Delete(':id')
  @ApiNotFoundResponse()
  remove(@CurrentUser() user, @Param('id', ParseIntPipe) id: number) {
    return this.todosService.remove(user.id, id);
  }
}
