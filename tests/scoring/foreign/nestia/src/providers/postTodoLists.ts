import { HttpException } from "@nestjs/common";
import { v4 } from "uuid";

import { MyGlobal } from "../MyGlobal";
import { ITodoList } from "../api/structures/ITodoList";
import { MemberPayload } from "../decorators/MemberPayload";
import { toTodoList } from "./readTodoList";

const LISTS_MAX = 20;

/** @requirement FR-4 */
export async function postTodoLists(props: {
  member: MemberPayload;
  body: ITodoList.ICreate;
}): Promise<ITodoList> {
  const count = await MyGlobal.prisma.todo_lists.count({
    where: { todo_member_id: props.member.id },
  });
  if (count >= LISTS_MAX) throw new HttpException("There are 20 lists already.", 409);
  const twin = await MyGlobal.prisma.todo_lists.findUnique({
    where: {
      todo_member_id_name: { todo_member_id: props.member.id, name: props.body.name },
    },
  });
  if (twin) throw new HttpException("There is a list of this name.", 409);
  const list = await MyGlobal.prisma.todo_lists.create({
    data: {
      id: v4(),
      member: { connect: { id: props.member.id } },
      name: props.body.name,
      created_at: new Date(),
    },
  });
  return toTodoList(list);
}
