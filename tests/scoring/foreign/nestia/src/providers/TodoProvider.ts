import { ConflictException, NotFoundException } from "@nestjs/common";
import { Prisma } from "@prisma/client";
import { v4 } from "uuid";

import { MyGlobal } from "../MyGlobal";
import { IPage } from "../api/structures/IPage";
import { ITodo } from "../api/structures/ITodo";
import { MemberPayload } from "../decorators/MemberPayload";

/**
 * Todos of members.
 *
 * @requirement FR-8, FR-9, FR-10, FR-11, FR-12, FR-13
 */
export namespace TodoProvider {
  export const index = async (props: {
    member: MemberPayload;
    body: ITodo.IRequest;
  }): Promise<IPage<ITodo>> => {
    const page = props.body.page ?? 1;
    const limit = props.body.limit ?? 100;
    const where: Prisma.todo_itemsWhereInput = {
      todo_member_id: props.member.id,
      ...(props.body.status !== undefined && { status: props.body.status }),
      ...(props.body.priority !== undefined && { priority: props.body.priority }),
      ...(props.body.list_id !== undefined && { todo_list_id: props.body.list_id }),
      ...(props.body.search !== undefined && { title: { contains: props.body.search } }),
    };
    const records = await MyGlobal.prisma.todo_items.count({ where });
    const rows = await MyGlobal.prisma.todo_items.findMany({
      where,
      orderBy: sort(props.body.sort),
      skip: (page - 1) * limit,
      take: limit,
    });
    return {
      pagination: { current: page, limit, records, pages: Math.ceil(records / limit) },
      data: rows.map((row) => transform(row)),
    };
  };

  export const at = async (props: { member: MemberPayload; id: string }): Promise<ITodo> =>
    transform(await find(props));

  export const create = async (props: {
    member: MemberPayload;
    body: ITodo.ICreate;
  }): Promise<ITodo> => {
    await assertList(props.member, props.body.list_id);
    const todo = await MyGlobal.prisma.todo_items.create({
      data: {
        id: v4(),
        member: { connect: { id: props.member.id } },
        list: props.body.list_id ? { connect: { id: props.body.list_id } } : undefined,
        title: props.body.title,
        notes: props.body.notes ?? null,
        due_at: props.body.due_at ?? null,
        priority: props.body.priority ?? "normal",
        status: "open",
        created_at: new Date(),
        updated_at: new Date(),
      },
    });
    return transform(todo);
  };

  export const update = async (props: {
    member: MemberPayload;
    id: string;
    body: ITodo.IUpdate;
  }): Promise<ITodo> => {
    const todo = await find(props);
    await assertList(props.member, props.body.list_id);
    const changed = await MyGlobal.prisma.todo_items.update({
      where: { id: todo.id },
      data: {
        title: props.body.title,
        notes: props.body.notes,
        due_at: props.body.due_at,
        priority: props.body.priority,
        todo_list_id: props.body.list_id,
        updated_at: new Date(),
      },
    });
    return transform(changed);
  };

  export const erase = async (props: { member: MemberPayload; id: string }): Promise<void> => {
    const todo = await find(props);
    await MyGlobal.prisma.todo_items.delete({ where: { id: todo.id } });
  };

  export const complete = async (props: { member: MemberPayload; id: string }): Promise<ITodo> => {
    const todo = await find(props);
    if (todo.status !== "open") throw new ConflictException("It is done already.");
    return move(todo.id, "done");
  };

  export const reopen = async (props: { member: MemberPayload; id: string }): Promise<ITodo> => {
    const todo = await find(props);
    if (todo.status !== "done") throw new ConflictException("It is open already.");
    return move(todo.id, "open");
  };

  const move = async (id: string, status: "open" | "done"): Promise<ITodo> => {
    const todo = await MyGlobal.prisma.todo_items.update({
      where: { id },
      data: { status, updated_at: new Date() },
    });
    return transform(todo);
  };

  const find = async (props: { member: MemberPayload; id: string }) => {
    const todo = await MyGlobal.prisma.todo_items.findFirst({
      where: { id: props.id, todo_member_id: props.member.id },
    });
    if (todo === null) throw new NotFoundException("There is no such todo.");
    return todo;
  };

  const assertList = async (member: MemberPayload, listId?: string | null): Promise<void> => {
    if (listId === undefined || listId === null) return;
    const list = await MyGlobal.prisma.todo_lists.findFirst({
      where: { id: listId, todo_member_id: member.id },
    });
    if (list === null) throw new NotFoundException("There is no such list.");
  };

  const sort = (key?: ITodo.IRequest["sort"]): Prisma.todo_itemsOrderByWithRelationInput => {
    if (key === "due_at") return { due_at: "asc" };
    if (key === "priority") return { priority: "desc" };
    return { created_at: "desc" };
  };

  const transform = (row: {
    id: string;
    todo_list_id: string | null;
    title: string;
    notes: string | null;
    due_at: Date | null;
    priority: "low" | "normal" | "high";
    status: "open" | "done";
    created_at: Date;
    updated_at: Date;
  }): ITodo => ({
    id: row.id,
    list_id: row.todo_list_id,
    title: row.title,
    notes: row.notes,
    due_at: row.due_at?.toISOString() ?? null,
    priority: row.priority,
    status: row.status,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  });
}
