import { type Kysely, sql } from "kysely";
import { DDL } from "../ddl.js";

/** Make the tables of the first version. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of DDL) await sql.raw(statement).execute(db);
}
