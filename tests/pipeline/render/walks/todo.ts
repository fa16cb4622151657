import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import * as api from "../sdk/index.js";
import { authorized, refused, type Walk } from "./walk.js";

async function join(connection: api.Connection): Promise<[api.Connection, api.MemberJoin]> {
  const email = `${randomUUID()}@example.com`;
  const body = { email, password: "correct horse", displayName: "Ada" };
  const session = await api.members.join(connection, body);
  assert.equal(session.member.email, email);
  return [authorized(connection, session.accessToken), body];
}

/** What a todo list must do when it is called through its SDK. */
export const walks: Record<string, Walk> = {
  async accounts(connection) {
    const [, body] = await join(connection);
    const { email, password } = body;
    const session = await api.members.login(connection, { email: email.toUpperCase(), password });
    const renewed = await api.members.refresh(connection, { refreshToken: session.refreshToken });
    assert.equal(renewed.member.id, session.member.id);
    assert.ok(!("passwordHash" in session.member) && !("password_hash" in session.member));
    await refused(409, () => api.members.join(connection, body));
    await refused(401, () => api.members.login(connection, { email, password: "wrong horse" }));
    const stranger = { email: "nobody@example.com", password };
    await refused(401, () => api.members.login(connection, stranger));
    await refused(401, () =>
      api.members.refresh(connection, { refreshToken: session.accessToken }),
    );
    await refused(401, () => api.todos.list(authorized(connection, session.refreshToken)));
    await refused(401, () => api.todos.list(authorized(connection, "nonsense")));
    await refused(401, () => api.todos.list(connection));
  },

  async changes(connection) {
    const [member] = await join(connection);
    const todo = await api.todos.create(member, { title: "Buy milk", note: "2 l" });
    assert.deepEqual([todo.priority, todo.done, todo.dueOn], [3, false, null]);
    assert.deepEqual(await api.todos.read(member, todo.id), todo);
    const changed = await api.todos.update(member, todo.id, { note: null, done: true });
    assert.deepEqual([changed.title, changed.note, changed.done], ["Buy milk", null, true]);
    assert.ok(changed.updatedAt > todo.updatedAt);
    await refused(409, () => api.todos.complete(member, todo.id));
    await refused(409, () => api.todos.create(member, { title: "Buy milk" }));
    await api.todos.update(member, todo.id, { title: "Buy milk" });
    await api.todos.erase(member, todo.id);
    await refused(404, () => api.todos.read(member, todo.id));
  },

  async ownership(connection) {
    const [ada] = await join(connection);
    const [bob] = await join(connection);
    const todo = await api.todos.create(ada, { title: "Secret" });
    await refused(404, () => api.todos.read(bob, todo.id));
    await refused(404, () => api.todos.update(bob, todo.id, { title: "Mine" }));
    await refused(404, () => api.todos.erase(bob, todo.id));
    assert.equal((await api.todos.list(bob)).pagination.records, 0);
    assert.equal((await api.todos.read(ada, todo.id)).title, "Secret");
  },

  async lists(connection) {
    const [member] = await join(connection);
    for (const title of ["Äpfel", "Birnen", "äpfel schälen"])
      await api.todos.create(member, { title });
    await api.todos.create(member, { title: "Due", dueOn: "2030-01-01" });
    const titles = async (query: api.TodoQuery): Promise<string[]> =>
      (await api.todos.list(member, query)).data.map(({ title }) => title);
    assert.deepEqual(await titles({}), ["Due", "äpfel schälen", "Birnen", "Äpfel"]);
    assert.deepEqual(await titles({ title: "äPFEL", sort: "created_at_asc" }), [
      "Äpfel",
      "äpfel schälen",
    ]);
    assert.equal((await titles({ sort: "due_on_asc" }))[0], "Due");
    assert.equal((await titles({ sort: "due_on_desc" }))[0], "Due");
    const { data } = await api.todos.list(member, { sort: "created_at_asc", limit: 1 });
    await api.todos.complete(member, data[0]?.id ?? "");
    assert.deepEqual(await titles({ done: true }), ["Äpfel"]);
    assert.equal((await titles({ done: false })).length, 3);
    const page = await api.todos.list(member, { limit: 3, page: 2 });
    assert.deepEqual(page.pagination, { current: 2, limit: 3, records: 4, pages: 2 });
    assert.deepEqual(
      page.data.map(({ title }) => title),
      ["Äpfel"],
    );
    await refused(400, () => api.todos.list(member, { limit: 101 }));
    await refused(400, () => api.todos.list(member, { page: 0 }));
    await refused(400, () => api.todos.list(member, { page: 1.5 }));
  },

  async malformed(connection) {
    const [member] = await join(connection);
    await refused(400, () => api.todos.create(member, { title: "" }));
    await refused(400, () => api.todos.create(member, { title: "x".repeat(101) }));
    await refused(400, () => api.todos.create(member, { title: "x", dueOn: "tomorrow" }));
    await refused(400, () => api.todos.create(member, { title: "x", priority: 6 }));
    const foreign = { title: "x", memberId: randomUUID() };
    await refused(400, () => api.todos.create(member, foreign));
    await refused(400, () => api.todos.read(member, "42"));
  },
};
