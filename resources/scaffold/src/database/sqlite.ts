import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import {
  CompiledQuery,
  type DatabaseConnection,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
  type SqliteStatement,
} from "kysely";

type Row = Record<string, string | number | bigint | boolean | Uint8Array | null>;

/**
 * How a database is opened: others may read a file while one writes, who waits for another one's
 * writes does so for five seconds, and a crash of the machine loses the last writes at most.
 */
const SETTINGS = [
  "PRAGMA busy_timeout = 5000",
  "PRAGMA journal_mode = WAL",
  "PRAGMA synchronous = NORMAL",
  "PRAGMA foreign_keys = ON",
];

/** Use a database of the SQLite that is built into Node.js. */
export function sqliteDialect(path: string): SqliteDialect {
  return new ImmediateDialect({ database: openSqlite(path) });
}

/** SQLite whose transactions write from their start: none finds too late that another one did. */
class ImmediateDialect extends SqliteDialect {
  public constructor(private readonly config: SqliteDialectConfig) {
    super(config);
  }

  public override createDriver(): SqliteDriver {
    return new ImmediateDriver(this.config);
  }

  public override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }
}

/** SQLite takes changes of tables back, too, so migrations are a transaction: all or none. */
class TransactionalAdapter extends SqliteAdapter {
  public override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class ImmediateDriver extends SqliteDriver {
  public override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }
}

function openSqlite(path: string): SqliteDatabase {
  const database = new DatabaseSync(path);
  for (const setting of SETTINGS) database.exec(setting);
  // SQLite's own `lower` knows ASCII only; the others are PostgreSQL's. Moments are kept in UTC.
  database.function("lower", { deterministic: true }, (text) =>
    typeof text === "string" ? text.toLowerCase() : text,
  );
  database.function("strpos", { deterministic: true }, (text, part) =>
    typeof text === "string" && typeof part === "string" ? text.indexOf(part) + 1 : null,
  );
  database.function("timezone", { deterministic: true }, (_zone, moment) => moment);
  database.function("to_char", { deterministic: true }, (moment, pattern) =>
    typeof moment === "string" ? moment.slice(0, String(pattern).length) : null,
  );
  return {
    close: () => database.close(),
    prepare: (text) => toKysely(database.prepare(text)),
  };
}

/** Present a statement to Kysely; SQLite has no booleans, so they go and come as 0 and 1. */
function toKysely(statement: StatementSync): SqliteStatement {
  const columns = statement.columns();
  const booleans = columns.filter(({ type }) => type === "BOOLEAN").map(({ name }) => name);
  return {
    reader: columns.length > 0,
    all: (parameters) => statement.all(...bind(parameters)).map((row) => revive(row, booleans)),
    run: (parameters) => statement.run(...bind(parameters)),
    iterate: (parameters) => statement.iterate(...bind(parameters)),
  };
}

function bind(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters.map((value) =>
    typeof value === "boolean" ? Number(value) : (value as SQLInputValue),
  );
}

function revive(row: Row, booleans: readonly string[]): Row {
  for (const name of booleans) if (row[name] !== null) row[name] = row[name] === 1;
  return row;
}
