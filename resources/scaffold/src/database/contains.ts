import { type RawBuilder, sql, type SqlBool } from "kysely";
import type { DatabaseTables } from "./tables.js";

/** `table.column` of some table. */
type ColumnReference = {
  [Table in keyof DatabaseTables]: `${Table}.${keyof DatabaseTables[Table] & string}`;
}[keyof DatabaseTables];

/** A condition: the column contains the text, whatever the case. */
export function contains(column: ColumnReference, text: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`instr(lower(${sql.ref(column)}), lower(${text})) > 0`;
}
