import { setTimeout } from "node:timers/promises";
import {
  Inject,
  Injectable,
  type OnApplicationShutdown,
  type OnModuleInit,
  ServiceUnavailableException,
} from "@nestjs/common";
import { Kysely } from "kysely";
import { APP_CONFIG, type AppConfig } from "../config.js";
import { isContention } from "./failures.js";
import { migrate } from "./migrate.js";
import { postgresDialect } from "./postgres.js";
import { sqliteDialect } from "./sqlite.js";
import type { DatabaseTables } from "./tables.js";

/** What queries are made with: the database, or one unit of work in it. */
export type Queries = Kysely<DatabaseTables>;

/** How often a unit of work is tried, and how long the pauses in between are at most. */
const TRIES = 12;
const SHORTEST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 200;

const ignore = (): void => undefined;

/** The application's database: PostgreSQL where the configuration names one, else SQLite. */
@Injectable()
export class DatabaseService
  extends Kysely<DatabaseTables>
  implements OnModuleInit, OnApplicationShutdown
{
  /** Work that is done again waits for its turn, so that it meets no other such work. */
  private turns = Promise.resolve();

  public constructor(@Inject(APP_CONFIG) { databaseUrl, databasePath }: AppConfig) {
    super({
      dialect:
        databaseUrl === undefined ? sqliteDialect(databasePath) : postgresDialect(databaseUrl),
    });
  }

  /**
   * Do all of the work or nothing, as if nobody else read or wrote meanwhile.
   *
   * Work that met somebody else's is done again from its start, so it must do nothing beside its
   * queries; 503 where that has failed too often.
   */
  public async atomically<Result>(work: (trx: Queries) => Promise<Result>): Promise<Result> {
    try {
      return await this.inTransaction(work);
    } catch (error) {
      if (!isContention(error)) throw error;
    }
    const turn = this.turns.then(() => this.again(work));
    this.turns = turn.then(ignore, ignore);
    return turn;
  }

  private inTransaction<Result>(work: (trx: Queries) => Promise<Result>): Promise<Result> {
    return this.transaction().setIsolationLevel("serializable").execute(work);
  }

  private async again<Result>(work: (trx: Queries) => Promise<Result>): Promise<Result> {
    for (let tried = 1; tried < TRIES; tried += 1) {
      try {
        return await this.inTransaction(work);
      } catch (error) {
        if (!isContention(error)) throw error;
      }
      await setTimeout(Math.random() * Math.min(SHORTEST_PAUSE_MS * 2 ** tried, LONGEST_PAUSE_MS));
    }
    throw new ServiceUnavailableException("Too many requests change the same data; try again.");
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
