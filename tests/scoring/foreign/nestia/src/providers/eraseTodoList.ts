import { MyGlobal } from "../MyGlobal";
import { MemberPayload } from "../decorators/MemberPayload";
import { findTodoList } from "./readTodoList";

/** @requirement FR-7 */
export async function eraseTodoList(props: {
  member: MemberPayload;
  listId: string;
}): Promise<void> {
  const list = await findTodoList(props);
  await MyGlobal.prisma.todo_lists.delete({ where: { id: list.id } });
}
