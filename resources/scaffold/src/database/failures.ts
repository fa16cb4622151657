/** Primary result codes of SQLite; extended codes end in this byte. */
const SQLITE_BUSY = 5;
const SQLITE_CONSTRAINT = 19;
const SQLITE_CONSTRAINT_CHECK = 275;
const PRIMARY_CODE_MASK = 0xff;

/** PostgreSQL's codes: units of work that met, a lost server, and how violations begin. */
const POSTGRES_CONTENTION: readonly string[] = ["40001", "40P01"];
const POSTGRES_LOST = /^(08...|57P0.|53300|ECONNREFUSED|ECONNRESET|ENOENT|EPIPE)$/;
const POSTGRES_LOST_MESSAGE = /^Connection terminated|^timeout exceeded when trying to connect/;
const POSTGRES_CONSTRAINT = /^23...$/;
const POSTGRES_CHECK = "23514";
const POSTGRES_DATA = /^22...$/;

/** Whether a unit of work has met somebody else's, and may succeed when it is done again. */
export function isContention(error: unknown): boolean {
  return primaryCode(error) === SQLITE_BUSY || POSTGRES_CONTENTION.includes(code(error));
}

/** Whether a check of the schema has refused a row: a bound, a length, a word. */
export function isOutOfBounds(error: unknown): boolean {
  return sqliteCode(error) === SQLITE_CONSTRAINT_CHECK || code(error) === POSTGRES_CHECK;
}

/** Whether a key, a relation or a check of the schema has refused a row. */
export function isRefusal(error: unknown): boolean {
  return primaryCode(error) === SQLITE_CONSTRAINT || POSTGRES_CONSTRAINT.test(code(error));
}

/** Whether a value is none that the database can keep. */
export function isMisfit(error: unknown): boolean {
  return POSTGRES_DATA.test(code(error));
}

/** Whether the database could not be reached, or has gone away. */
export function isOutage(error: unknown): boolean {
  return (
    error instanceof Error &&
    (POSTGRES_LOST.test(code(error)) || POSTGRES_LOST_MESSAGE.test(error.message))
  );
}

function primaryCode(error: unknown): number {
  return sqliteCode(error) & PRIMARY_CODE_MASK;
}

function sqliteCode(error: unknown): number {
  const found = error instanceof Error && "errcode" in error ? error.errcode : 0;
  return typeof found === "number" ? found : 0;
}

function code(error: unknown): string {
  const found = error instanceof Error && "code" in error ? error.code : "";
  return typeof found === "string" ? found : "";
}
