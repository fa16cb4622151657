import { Module } from '@nestjs/common';
import { SequelizeModule } from '@nestjs/sequelize';
import { List, Todo, User } from './models';

@Module({ imports: [SequelizeModule.forFeature([User, List, Todo])], exports: [SequelizeModule] })
export class DataModule {}
