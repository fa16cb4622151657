import { type Expression, type RawBuilder, sql, type SqlBool } from "kysely";
import type { DatabaseTables } from "./tables.js";

/** `table.column` of some table. */
export type ColumnReference = {
  [Table in keyof DatabaseTables]: `${Table}.${keyof DatabaseTables[Table] & string}`;
}[keyof DatabaseTables];

/** Whether the column contains the text, whatever the case. */
export function contains(column: ColumnReference, text: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`strpos(lower(${sql.ref(column)}), lower(${text})) > 0`;
}

/** The place of the column's word among the words, so that rows sort by it. */
export function rank(column: ColumnReference, words: readonly string[]): RawBuilder<number> {
  const places = words.map((word, place) => sql`when ${word} then ${sql.lit(place)}`);
  return sql<number>`case ${sql.ref(column)} ${sql.join(places, sql` `)} end`;
}

/** An amount of money rounded to cents, so that its next sum starts from an exact value. */
export function cents(amount: Expression<number>): RawBuilder<number> {
  return sql<number>`round(${amount}, 2)`;
}
