import "reflect-metadata";
import { fail, prepare } from "./common/program.js";
import { DatabaseService } from "./database/database.service.js";
import { migrate } from "./database/migrate.js";

try {
  const db = new DatabaseService(prepare());
  const names = await migrate(db);
  await db.destroy();
  process.stdout.write(
    names.length > 0 ? `Migrated: ${names.join(", ")}.\n` : "The tables are up to date.\n",
  );
} catch (error) {
  fail(error);
}
