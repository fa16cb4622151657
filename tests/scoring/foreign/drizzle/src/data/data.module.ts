import { Inject, Module } from '@nestjs/common';
import { drizzle, NodePgDatabase } from 'drizzle-orm/node-postgres';
import { Pool } from 'pg';
import * as schema from './schema';

export type Database = NodePgDatabase<typeof schema>;
const DATABASE = Symbol('database');
export const InjectDatabase = (): ParameterDecorator => Inject(DATABASE);

@Module({
  providers: [
    {
      provide: DATABASE,
      useFactory: () =>
        drizzle(new Pool({ connectionString: process.env.DATABASE_URL }), { schema }),
    },
  ],
  exports: [DATABASE],
})
export class DataModule {}
