import { Module } from '@nestjs/common';
import { DataModule } from '../data/data.module';
import { TodosResolver } from './todos.resolver';
import { TodosService } from './todos.service';

@Module({ imports: [DataModule], providers: [TodosResolver, TodosService] })
export class TodosModule {}
