import { readdirSync, writeFileSync } from "node:fs";

const FOLDER = "src/database/migrations";
const NAME = /^[a-z][a-z0-9-]*$/;
const NUMBER_DIGITS = 4;
const TEXT = `import { type Kysely, sql } from "kysely";

/** Say here what changes, and change src/database/tables.ts and prisma/schema.prisma alike. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql\`select 1\`.execute(db);
}
`;

const name = process.argv[2] ?? "";
if (NAME.test(name)) {
  const last = Math.max(...readdirSync(FOLDER).map((file) => Number.parseInt(file, 10)));
  const path = `${FOLDER}/${String(last + 1).padStart(NUMBER_DIGITS, "0")}-${name}.ts`;
  writeFileSync(path, TEXT, { flag: "wx" });
  process.stdout.write(`Wrote ${path}: write the change into it, build, and migrate.\n`);
} else {
  process.stderr.write(`The name is "${name}"; expected one such as add-labels.\n`);
  process.exitCode = 1;
}
