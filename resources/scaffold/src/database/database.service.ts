import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from "@nestjs/common";
import { Kysely, sql, SqliteDialect } from "kysely";
import { APP_CONFIG, type AppConfig } from "../config.js";
import { DDL, TABLES } from "./ddl.js";
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

  /** Make the tables, all or none; a database that has them stays as it is. */
  public async onModuleInit(): Promise<void> {
    const known = await this.introspection.getTables();
    if (known.some(({ name }) => TABLES.includes(name))) return;
    await this.transaction().execute(async (transaction) => {
      for (const statement of DDL) await sql.raw(statement).execute(transaction);
    });
  }

  /** Close the connections, after the last request has been answered. */
  public async onApplicationShutdown(): Promise<void> {
    await this.destroy();
  }
}
