import { randomUUID } from "node:crypto";
import { ConflictException, NotFoundException } from "@nestjs/common";
import type { Selectable } from "kysely";
import { db } from "../shared/database.js";
import type { Page } from "../shared/page.js";
import type { TodoTable } from "../shared/tables.js";
import type { NewTodo, Todo, TodoChange, TodoQuery } from "./todos.schema.js";

function present(row: Selectable<TodoTable>): Todo {
  return {
    id: row.id,
    listId: row.list_id,
    title: row.title,
    notes: row.notes,
    dueAt: row.due_at,
    priority: row.priority,
    completedAt: row.completed_at,
    createdAt: row.created_at,
  };
}

async function own(accountId: string, id: string): Promise<Selectable<TodoTable>> {
  const todo = await db
    .selectFrom("todos")
    .selectAll()
    .where("todos.id", "=", id)
    .where("todos.account_id", "=", accountId)
    .executeTakeFirst();
  if (todo === undefined) throw new NotFoundException("No such todo");
  return todo;
}

async function checkList(accountId: string, listId?: string | null): Promise<void> {
  if (listId == null) return;
  const list = await db
    .selectFrom("todo_lists")
    .select("id")
    .where("id", "=", listId)
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  if (list === undefined) throw new NotFoundException("No such list");
}

export async function list(accountId: string, query: TodoQuery): Promise<Page<Todo>> {
  let todos = db.selectFrom("todos").where("account_id", "=", accountId);
  if (query.status === "done") todos = todos.where("completed_at", "is not", null);
  if (query.status === "open") todos = todos.where("completed_at", "is", null);
  if (query.priority) todos = todos.where("priority", "=", query.priority);
  if (query.listId) todos = todos.where("list_id", "=", query.listId);
  if (query.words) todos = todos.where("title", "like", `%${query.words}%`);
  const { total } = await todos
    .select((eb) => eb.fn.countAll<number>().as("total"))
    .executeTakeFirstOrThrow();
  const rows = await todos
    .selectAll()
    .orderBy(query.sort)
    .limit(query.size)
    .offset((query.page - 1) * query.size)
    .execute();
  return { rows: rows.map(present), total };
}

export const read = async (accountId: string, id: string): Promise<Todo> =>
  present(await own(accountId, id));

export async function create(accountId: string, body: NewTodo): Promise<Todo> {
  await checkList(accountId, body.listId);
  const row = await db
    .insertInto("todos")
    .values({
      id: randomUUID(),
      account_id: accountId,
      list_id: body.listId ?? null,
      title: body.title,
      notes: body.notes ?? null,
      due_at: body.dueAt ?? null,
      priority: body.priority,
      completed_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return present(row);
}

export async function update(accountId: string, id: string, body: TodoChange): Promise<Todo> {
  await own(accountId, id);
  await checkList(accountId, body.listId);
  const row = await db
    .updateTable("todos")
    .set({
      title: body.title,
      notes: body.notes,
      due_at: body.dueAt,
      priority: body.priority,
      list_id: body.listId,
    })
    .where("id", "=", id)
    .where("account_id", "=", accountId)
    .returningAll()
    .executeTakeFirstOrThrow();
  return present(row);
}

export async function erase(accountId: string, id: string): Promise<void> {
  const { numDeletedRows } = await db
    .deleteFrom("todos")
    .where("id", "=", id)
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  if (numDeletedRows === 0n) throw new NotFoundException("No such todo");
}

export async function complete(accountId: string, id: string): Promise<Todo> {
  const todo = await own(accountId, id);
  if (todo.completed_at !== null) throw new ConflictException("It is done already");
  return mark(accountId, id, new Date().toISOString());
}

export async function reopen(accountId: string, id: string): Promise<Todo> {
  const todo = await own(accountId, id);
  if (todo.completed_at === null) throw new ConflictException("It is open already");
  return mark(accountId, id, null);
}

async function mark(accountId: string, id: string, moment: string | null): Promise<Todo> {
  const row = await db
    .updateTable("todos")
    .set({ completed_at: moment })
    .where("id", "=", id)
    .where("account_id", "=", accountId)
    .returningAll()
    .executeTakeFirstOrThrow();
  return present(row);
}
