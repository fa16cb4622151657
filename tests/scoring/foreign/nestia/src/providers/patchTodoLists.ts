import { Prisma } from "@prisma/client";

import { MyGlobal } from "../MyGlobal";
import { IPage } from "../api/structures/IPage";
import { ITodoList } from "../api/structures/ITodoList";
import { MemberPayload } from "../decorators/MemberPayload";
import { toTodoList } from "./readTodoList";

/** @requirement FR-5 */
export async function patchTodoLists(props: {
  member: MemberPayload;
  body: ITodoList.IRequest;
}): Promise<IPage<ITodoList>> {
  const page = props.body.page ?? 1;
  const limit = props.body.limit ?? 100;
  const where = { todo_member_id: props.member.id } satisfies Prisma.todo_listsWhereInput;
  const [rows, records] = await Promise.all([
    MyGlobal.prisma.todo_lists.findMany({
      where,
      orderBy: props.body.sort === "name" ? { name: "asc" } : { created_at: "desc" },
      skip: (page - 1) * limit,
      take: limit,
    }),
    MyGlobal.prisma.todo_lists.count({ where }),
  ]);
  return {
    pagination: { current: page, limit, records, pages: Math.ceil(records / limit) },
    data: rows.map(toTodoList),
  };
}
