import { Module } from '@nestjs/common';
import { DataModule } from '../data/data.module';
import { ListsController } from './lists.controller';
import { ListsService } from './lists.service';

@Module({ imports: [DataModule], controllers: [ListsController], providers: [ListsService] })
export class ListsModule {}
