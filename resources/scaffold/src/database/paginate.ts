import type { SelectQueryBuilder, Simplify } from "kysely";
import type { Pagination } from "../common/schemas.js";
import type { DatabaseTables } from "./tables.js";

/** One page of rows, and where it lies in the whole list. */
export interface RowPage<Row> {
  pagination: Pagination;
  rows: Row[];
}

/** Read one page of the selected rows and count them all. */
export async function paginate<Tables extends keyof DatabaseTables, Row>(
  selected: SelectQueryBuilder<DatabaseTables, Tables, Row>,
  { page, limit }: { page: number; limit: number },
): Promise<RowPage<Simplify<Row>>> {
  const { records } = await selected
    .clearSelect()
    .clearOrderBy()
    .select((eb) => eb.fn.countAll<number>().as("records"))
    .executeTakeFirstOrThrow();
  const rows = await selected
    .limit(limit)
    .offset((page - 1) * limit)
    .execute();
  return { pagination: { current: page, limit, records, pages: Math.ceil(records / limit) }, rows };
}
