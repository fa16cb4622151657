import { readdir } from "node:fs/promises";
import type { Kysely } from "kysely";
import { type Migration, type MigrationProvider, Migrator } from "kysely/migration";
import type { DatabaseTables } from "./tables.js";

const FOLDER = new URL("./migrations/", import.meta.url);
const FILE = /^(\d{4}-[a-z0-9-]+)\.js$/;

/** The migrations of the folder, by their names, which begin with their numbers. */
const provider: MigrationProvider = {
  async getMigrations(): Promise<Record<string, Migration>> {
    const found: Record<string, Migration> = {};
    for (const file of await readdir(FOLDER)) {
      const name = FILE.exec(file)?.[1];
      if (name === undefined) continue;
      found[name] = (await import(new URL(file, FOLDER).href)) as Migration;
    }
    return found;
  },
};

/** Bring the tables to the newest version; return the names of the migrations that were due. */
export async function migrate(db: Kysely<DatabaseTables>): Promise<string[]> {
  const { error, results = [] } = await new Migrator({ db, provider }).migrateToLatest();
  if (error !== undefined) throw new Error("The tables cannot be migrated.", { cause: error });
  return results.map(({ migrationName }) => migrationName);
}
