import { Module } from '@nestjs/common';
import { DataModule } from '../data/data.module';
import { TodosController } from './todos.controller';
import { TodosService } from './todos.service';

@Module({ imports: [DataModule], controllers: [TodosController], providers: [TodosService] })
export class TodosModule {}
