import api from "@ORGANIZATION/PROJECT-api";
import { TestValidator } from "@nestia/e2e";
import typia from "typia";

import { ITodo } from "@ORGANIZATION/PROJECT-api/lib/structures/ITodo";
import { authorize } from "../../internal/authorize";

export const test_api_todo_create = async (connection: api.IConnection): Promise<void> => {
  const member = await authorize(connection);
  const todo: ITodo = await api.functional.todos.create(member, { title: "Sweep" });
  typia.assert(todo);
  TestValidator.equals("title")(todo.title)("Sweep");
  TestValidator.equals("status")(todo.status)("open");
  TestValidator.equals("priority")(todo.priority)("normal");
  const page = await api.functional.todos.index(member, { status: "open" });
  TestValidator.equals("index")(page.data.map((one) => one.id))([todo.id]);
};

export const test_api_todo_limits = async (connection: api.IConnection): Promise<void> => {
  const member = await authorize(connection);
  await TestValidator.httpError("no title")(400)(() =>
    api.functional.todos.create(member, { title: "" }),
  );
  await TestValidator.httpError("long title")(400)(() =>
    api.functional.todos.create(member, { title: "a".repeat(121) }),
  );
  await TestValidator.httpError("long notes")(400)(() =>
    api.functional.todos.create(member, { title: "Sweep", notes: "a".repeat(2001) }),
  );
};

export const test_api_todo_update = async (connection: api.IConnection): Promise<void> => {
  const member = await authorize(connection);
  const todo = await api.functional.todos.create(member, { title: "Sweep" });
  const changed = await api.functional.todos.update(member, todo.id, { title: "Mop" });
  TestValidator.equals("title")(changed.title)("Mop");
};

export const test_api_todo_complete = async (connection: api.IConnection): Promise<void> => {
  const member = await authorize(connection);
  const todo = await api.functional.todos.create(member, { title: "Sweep" });
  await TestValidator.httpError("open")(409)(() => api.functional.todos.reopen(member, todo.id));
  const done = await api.functional.todos.complete(member, todo.id);
  TestValidator.equals("done")(done.status)("done");
  await TestValidator.httpError("done")(409)(() =>
    api.functional.todos.complete(member, todo.id),
  );
  const open = await api.functional.todos.reopen(member, todo.id);
  TestValidator.equals("open")(open.status)("open");
};

export const test_api_todo_erase = async (connection: api.IConnection): Promise<void> => {
  const member = await authorize(connection);
  const todo = await api.functional.todos.create(member, { title: "Sweep" });
  await api.functional.todos.erase(member, todo.id);
  await TestValidator.httpError("gone")(404)(() => api.functional.todos.at(member, todo.id));
};

export const test_api_todo_foreign = async (connection: api.IConnection): Promise<void> => {
  const owner = await authorize(connection);
  const stranger = await authorize(connection);
  const todo = await api.functional.todos.create(owner, { title: "Sweep" });
  const id: string = todo.id;
  await TestValidator.httpError("at")(404)(() => api.functional.todos.at(stranger, id));
  await TestValidator.httpError("update")(404)(() =>
    api.functional.todos.update(stranger, id, { title: "Mine" }),
  );
  await TestValidator.httpError("erase")(404)(() => api.functional.todos.erase(stranger, id));
  await TestValidator.httpError("complete")(404)(() =>
    api.functional.todos.complete(stranger, id),
  );
  await TestValidator.httpError("nobody")(401)(() => api.functional.todos.at(connection, id));
};

export const test_api_todo_foreign_list = async (connection: api.IConnection): Promise<void> => {
  const owner = await authorize(connection);
  const stranger = await authorize(connection);
  const list = await api.functional.lists.create(owner, { name: "Home" });
  await TestValidator.httpError("not the own list")(404)(() =>
    api.functional.todos.create(stranger, { title: "Sweep", list_id: list.id }),
  );
};
