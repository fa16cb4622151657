import api from "@ORGANIZATION/PROJECT-api";
import { ArrayUtil, RandomGenerator, TestValidator } from "@nestia/e2e";
import typia from "typia";

import { ITodoList } from "@ORGANIZATION/PROJECT-api/lib/structures/ITodoList";
import { authorize } from "../../internal/authorize";

export const test_api_list_create = async (connection: api.IConnection): Promise<void> => {
  const member = await authorize(connection);
  const list: ITodoList = await api.functional.lists.create(member, { name: "Home" });
  typia.assert(list);
  TestValidator.equals("name")(list.name)("Home");
  const read = await api.functional.lists.at(member, list.id);
  TestValidator.equals("read")(read)(list);
  const page = await api.functional.lists.index(member, {});
  TestValidator.equals("index")(page.data.map((one) => one.id))([list.id]);
  await TestValidator.httpError("same name")(409)(() =>
    api.functional.lists.create(member, { name: "Home" }),
  );
};

export const test_api_list_name_limits = async (connection: api.IConnection): Promise<void> => {
  const member = await authorize(connection);
  await TestValidator.httpError("empty")(400)(() =>
    api.functional.lists.create(member, { name: "" }),
  );
  await TestValidator.httpError("too long")(400)(() =>
    api.functional.lists.create(member, { name: "a".repeat(61) }),
  );
};

export const test_api_list_quota = async (connection: api.IConnection): Promise<void> => {
  const member = await authorize(connection);
  await ArrayUtil.asyncRepeat(20)(async () =>
    api.functional.lists.create(member, { name: RandomGenerator.alphaNumeric(20) }),
  );
  await TestValidator.httpError("the 21st")(409)(() =>
    api.functional.lists.create(member, { name: "One more" }),
  );
};

export const test_api_list_update = async (connection: api.IConnection): Promise<void> => {
  const member = await authorize(connection);
  const list = await api.functional.lists.create(member, { name: "Home" });
  const other = await api.functional.lists.create(member, { name: "Work" });
  const renamed = await api.functional.lists.update(member, list.id, { name: "House" });
  TestValidator.equals("renamed")(renamed.name)("House");
  await TestValidator.httpError("taken")(409)(() =>
    api.functional.lists.update(member, other.id, { name: "House" }),
  );
};

export const test_api_list_erase = async (connection: api.IConnection): Promise<void> => {
  const member = await authorize(connection);
  const list = await api.functional.lists.create(member, { name: "Home" });
  const todo = await api.functional.todos.create(member, { title: "Sweep", list_id: list.id });
  await api.functional.lists.erase(member, list.id);
  await TestValidator.httpError("gone")(404)(() => api.functional.lists.at(member, list.id));
  const kept = await api.functional.todos.at(member, todo.id);
  TestValidator.equals("without a list")(kept.list_id)(null);
};

export const test_api_list_foreign = async (connection: api.IConnection): Promise<void> => {
  const owner = await authorize(connection);
  const stranger = await authorize(connection);
  const list = await api.functional.lists.create(owner, { name: "Home" });
  await TestValidator.httpError("at")(404)(() => api.functional.lists.at(stranger, list.id));
  await TestValidator.httpError("update")(404)(() =>
    api.functional.lists.update(stranger, list.id, { name: "Mine" }),
  );
  await TestValidator.httpError("erase")(404)(() =>
    api.functional.lists.erase(stranger, list.id),
  );
  await TestValidator.httpError("nobody")(401)(() => api.functional.lists.at(connection, list.id));
};
