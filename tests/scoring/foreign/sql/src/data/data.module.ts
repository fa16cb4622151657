import { Module } from '@nestjs/common';
import { Pool } from 'pg';

@Module({
  providers: [{ provide: Pool, useFactory: () => new Pool() }],
  exports: [Pool],
})
export class DataModule {}
