import { HttpException } from "@nestjs/common";
import { Prisma } from "@prisma/client";

import { MyGlobal } from "../MyGlobal";
import { ITodoList } from "../api/structures/ITodoList";
import { MemberPayload } from "../decorators/MemberPayload";
import { findTodoList, toTodoList } from "./readTodoList";

/** @requirement FR-6 */
export async function putTodoList(props: {
  member: MemberPayload;
  listId: string;
  body: ITodoList.IUpdate;
}): Promise<ITodoList> {
  const list = await findTodoList(props);
  try {
    const changed = await MyGlobal.prisma.todo_lists.update({
      where: { id: list.id },
      data: { name: props.body.name },
    });
    return toTodoList(changed);
  } catch (error) {
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002")
      throw new HttpException("There is a list of this name.", 409);
    throw error;
  }
}
