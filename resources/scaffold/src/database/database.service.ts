import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from "@nestjs/common";
import { Kysely, SqliteDialect } from "kysely";
import { APP_CONFIG, type AppConfig } from "../config.js";
import { migrate } from "./migrate.js";
import { postgresDialect } from "./postgres.js";
import { openSqlite } from "./sqlite.js";
import type { DatabaseTables } from "./tables.js";

/** The application's database: PostgreSQL where the configuration names one, else SQLite. */
@Injectable()
export class DatabaseService
  extends Kysely<DatabaseTables>
  implements OnModuleInit, OnApplicationShutdown
{
  public constructor(@Inject(APP_CONFIG) { databaseUrl, databasePath }: AppConfig) {
    const dialect =
      databaseUrl === undefined
        ? new SqliteDialect({ database: openSqlite(databasePath) })
        : postgresDialect(databaseUrl);
    super({ dialect });
  }

  /** Bring the tables to the newest version; an empty database gets all of them. */
  public async onModuleInit(): Promise<void> {
    await migrate(this);
  }

  /** Close the connections, after the last request has been answered. */
  public async onApplicationShutdown(): Promise<void> {
    await this.destroy();
  }
}
