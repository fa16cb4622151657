import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { List, Member, Todo } from './entities';

@Module({
  imports: [MikroOrmModule.forFeature([Member, List, Todo])],
  exports: [MikroOrmModule],
})
export class DataModule {}
