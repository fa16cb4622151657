import { Inject, Injectable, type OnModuleDestroy } from "@nestjs/common";
import { Kysely, SqliteDialect } from "kysely";
import { APP_CONFIG, type AppConfig } from "../config.js";
import { DDL } from "./ddl.js";
import { openSqlite } from "./sqlite.js";
import type { DatabaseTables } from "./tables.js";

/** The application's database. */
@Injectable()
export class DatabaseService extends Kysely<DatabaseTables> implements OnModuleDestroy {
  public constructor(@Inject(APP_CONFIG) config: AppConfig) {
    super({ dialect: new SqliteDialect({ database: openSqlite(config.databasePath, DDL) }) });
  }

  public async onModuleDestroy(): Promise<void> {
    await this.destroy();
  }
}
