import {
  Body,
  Controller,
  Delete,
  Get,
  Param,
  ParseIntPipe,
  Patch,
  Post,
  UseGuards,
} from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { CurrentUser } from '../auth/current-user.decorator';
import { JwtAuthGuard } from '../auth/jwt-auth.guard';
import { CreateListDto } from './dto/create-list.dto';
import { UpdateListDto } from './dto/update-list.dto';
import { ListsService } from './lists.service';

@ApiTags('lists')
@ApiBearerAuth()
@UseGuards(JwtAuthGuard)
@Controller('lists')
export class ListsController {
  constructor(private readonly listsService: ListsService) {}

  @Post()
  create(@CurrentUser() user, @Body() dto: CreateListDto) {
    return this.listsService.create(user.id, dto);
  }

  @Get()
  findAll(@CurrentUser() user) {
    return this.listsService.findAll(user.id);
  }

  @Get(':id')
  findOne(@CurrentUser() user, @Param('id', ParseIntPipe) id: number) {
    return this.listsService.findOne(user.id, id);
  }

  @Patch(':id')
  update(@Param('id', ParseIntPipe) id: number, @Body() dto: UpdateListDto) {
    return this.listsService.update(id, dto);
  }

  @Delete(':id')
  remove(@CurrentUser() user, @Param('id', ParseIntPipe) id: number) {
    return this.listsService.remove(user.id, id);
  }
}
