import { Module } from '@nestjs/common';
import { DataModule } from '../data/data.module';
import { ListsResolver } from './lists.resolver';
import { ListsService } from './lists.service';

@Module({ imports: [DataModule], providers: [ListsResolver, ListsService] })
export class ListsModule {}
