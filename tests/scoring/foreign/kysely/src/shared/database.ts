import SQLite from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import type { Tables } from "./tables.js";

const file = process.env["DATABASE_URL"] ?? ":memory:";

export const db = new Kysely<Tables>({
  dialect: new SqliteDialect({ database: new SQLite(file) }),
});
