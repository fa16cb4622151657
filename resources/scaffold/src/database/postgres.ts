import { Logger } from "@nestjs/common";
import { PostgresDialect } from "kysely";
import { type CustomTypesConfig, Pool, types } from "pg";

const { DATE, INT8, NUMERIC, TIMESTAMPTZ } = types.builtins;

/** Values that would not come as the types of rows say. */
const PARSERS: ReadonlyMap<number, (text: string) => string | number> = new Map<
  number,
  (text: string) => string | number
>([
  [INT8, Number],
  [NUMERIC, Number],
  [DATE, String],
  [TIMESTAMPTZ, (text) => new Date(text).toISOString()],
]);

const PARSING: CustomTypesConfig = {
  getTypeParser: (type: number, format?: "text" | "binary") =>
    PARSERS.get(type) ?? (types.getTypeParser(type, format) as (text: string) => unknown),
};

/** Connect to a PostgreSQL database by its URL; lost connections are made again when needed. */
export function postgresDialect(connectionString: string): PostgresDialect {
  const pool = new Pool({ connectionString, types: PARSING });
  const logger = new Logger("PostgreSQL");
  // Without a listener, the end of an idle connection would end the application.
  pool.on("error", (error) => logger.warn(`A connection has ended: ${error.message}`));
  return new PostgresDialect({ pool });
}
