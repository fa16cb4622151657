import { randomUUID } from "node:crypto";
import { ConflictException, NotFoundException } from "@nestjs/common";
import type { Selectable } from "kysely";
import { db } from "../shared/database.js";
import type { Page } from "../shared/page.js";
import type { TodoListTable } from "../shared/tables.js";
import type { List, ListBody, ListQuery } from "./lists.schema.js";

const MAX_LISTS = 20;

const present = (row: Selectable<TodoListTable>): List => ({
  id: row.id,
  name: row.name,
  createdAt: row.created_at,
});

const own = (accountId: string, id: string) =>
  db
    .selectFrom("todo_lists")
    .selectAll()
    .where("id", "=", id)
    .where("account_id", "=", accountId)
    .executeTakeFirstOrThrow(() => new NotFoundException("No such list"));

async function refuseTwin(accountId: string, name: string): Promise<void> {
  const twin = await db
    .selectFrom("todo_lists")
    .select("id")
    .where((eb) => eb.and({ account_id: accountId, name }))
    .executeTakeFirst();
  if (twin) throw new ConflictException("There is a list of this name");
}

export async function list(accountId: string, query: ListQuery): Promise<Page<List>> {
  const mine = db.selectFrom("todo_lists").where("account_id", "=", accountId);
  const { total } = await mine
    .select((eb) => eb.fn.countAll<number>().as("total"))
    .executeTakeFirstOrThrow();
  const rows = await mine
    .selectAll()
    .orderBy(query.sort)
    .limit(query.size)
    .offset((query.page - 1) * query.size)
    .execute();
  return { rows: rows.map(present), total };
}

export const read = async (accountId: string, id: string): Promise<List> =>
  present(await own(accountId, id));

export async function create(accountId: string, body: ListBody): Promise<List> {
  await refuseTwin(accountId, body.name);
  const { count } = await db
    .selectFrom("todo_lists")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("account_id", "=", accountId)
    .executeTakeFirstOrThrow();
  if (count >= MAX_LISTS) throw new ConflictException(`There are ${MAX_LISTS} lists already`);
  const row = await db
    .insertInto("todo_lists")
    .values({ id: randomUUID(), account_id: accountId, name: body.name })
    .returningAll()
    .executeTakeFirstOrThrow();
  return present(row);
}

export async function update(accountId: string, id: string, body: ListBody): Promise<List> {
  const { name } = await own(accountId, id);
  if (name !== body.name) await refuseTwin(accountId, body.name);
  const row = await db
    .updateTable("todo_lists")
    .set({ name: body.name })
    .where("id", "=", id)
    .where("account_id", "=", accountId)
    .returningAll()
    .executeTakeFirstOrThrow();
  return present(row);
}

export async function erase(accountId: string, id: string): Promise<void> {
  await own(accountId, id);
  await db.transaction().execute(async (transaction) => {
    await transaction
      .updateTable("todos")
      .set({ list_id: null })
      .where("list_id", "=", id)
      .where("account_id", "=", accountId)
      .execute();
    await transaction
      .deleteFrom("todo_lists")
      .where("id", "=", id)
      .where("account_id", "=", accountId)
      .execute();
  });
}
