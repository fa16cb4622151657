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

/** Whether each word of the text stands in one of the columns, whatever the case. */
export function containsWords(
  columns: readonly ColumnReference[],
  text: string,
): RawBuilder<SqlBool> {
  const words = text.split(/\s+/).filter((word) => word !== "");
  const found = words.map((word) => {
    const places = columns.map((column) => contains(column, word));
    return sql<SqlBool>`(${sql.join(places, sql` or `)})`;
  });
  return found.length === 0 ? sql<SqlBool>`1 = 1` : sql<SqlBool>`${sql.join(found, sql` and `)}`;
}

const PATTERNS = { day: "YYYY-MM-DD", month: "YYYY-MM" } as const;

/** The day or month of the column's moment in UTC: `2026-03-14`, `2026-03`. */
export function period(column: ColumnReference, unit: keyof typeof PATTERNS): RawBuilder<string> {
  return sql<string>`to_char(timezone('UTC', ${sql.ref(column)}), ${sql.lit(PATTERNS[unit])})`;
}

/** The day or month of the column's day: `2026-03-14`, `2026-03`. */
export function dayPeriod(
  column: ColumnReference,
  unit: keyof typeof PATTERNS,
): RawBuilder<string> {
  return sql<string>`to_char(${sql.ref(column)}, ${sql.lit(PATTERNS[unit])})`;
}

/** Whether the column has the text, whatever the case. */
export function sameText(column: ColumnReference, text: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`lower(${sql.ref(column)}) = lower(${text})`;
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
