import { HttpException } from "@nestjs/common";

import { MyGlobal } from "../MyGlobal";
import { ITodoList } from "../api/structures/ITodoList";
import { MemberPayload } from "../decorators/MemberPayload";

/** @requirement FR-5 */
export async function readTodoList(props: {
  member: MemberPayload;
  listId: string;
}): Promise<ITodoList> {
  return toTodoList(await findTodoList(props));
}

/** Find a list of the member; 404 if there is none. */
export async function findTodoList(props: { member: MemberPayload; listId: string }) {
  const list = await MyGlobal.prisma.todo_lists.findFirst({
    where: { id: props.listId, todo_member_id: props.member.id },
  });
  if (list === null) throw new HttpException("There is no such list.", 404);
  return list;
}

/** Present a list. */
export function toTodoList(row: { id: string; name: string; created_at: Date }): ITodoList {
  return { id: row.id, name: row.name, created_at: row.created_at.toISOString() };
}
