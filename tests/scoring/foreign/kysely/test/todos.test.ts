import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { Client } from "../client/index.js";

const HOST = process.env["HOST"] ?? "http://127.0.0.1:3000";

async function someone(): Promise<Client> {
  const account = { email: `${randomUUID()}@example.com`, password: "long-enough" };
  const { token } = await new Client(HOST).join(account);
  return new Client(HOST, token);
}

test("a todo is made and read", async () => {
  const ann = await someone();
  const made = await ann.createTodo({ title: "Sweep" });
  expect(made.priority).toBe("normal");
  expect(await ann.readTodo(made.id)).toEqual(made);
  expect((await ann.todos()).rows).toEqual([made]);
});

test("a todo of somebody else is not found", async () => {
  const ann = await someone();
  const bob = await someone();
  const made = await ann.createTodo({ title: "Sweep" });
  await expect(bob.readTodo(made.id)).rejects.toMatchObject({ status: 404 });
  await expect(bob.updateTodo(made.id, { title: "Mine" })).rejects.toMatchObject({ status: 404 });
});

test("a title is not too long", async () => {
  const ann = await someone();
  await expect(ann.createTodo({ title: "x".repeat(121) })).rejects.toMatchObject({ status: 400 });
});

test("a todo is completed once", async () => {
  const ann = await someone();
  const made = await ann.createTodo({ title: "Sweep" });
  const done = await ann.completeTodo(made.id);
  expect(done.completedAt).not.toBeNull();
  await expect(ann.completeTodo(made.id)).rejects.toMatchObject({ status: 409 });
});

test("twenty lists are enough", async () => {
  const ann = await someone();
  for (let i = 0; i < 20; i++) await ann.createList({ name: `List ${i}` });
  await expect(ann.createList({ name: "One more" })).rejects.toMatchObject({ status: 409 });
});

test("names of lists are unique", async () => {
  const ann = await someone();
  const list = await ann.createList({ name: "Home" });
  await expect(ann.createList({ name: "Home" })).rejects.toMatchObject({ status: 409 });
  const renamed = await ann.renameList(list.id, { name: "House" });
  expect(renamed.name).toBe("House");
  expect((await ann.lists()).total).toBe(1);
});

test("nobody is refused", async () => {
  await expect(new Client(HOST).todos()).rejects.toMatchObject({ status: 401 });
});
