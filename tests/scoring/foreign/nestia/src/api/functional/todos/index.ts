import type { IConnection } from "@nestia/fetcher";
import { PlainFetcher } from "@nestia/fetcher/lib/PlainFetcher";

import type { IPage } from "../../structures/IPage";
import type { ITodo } from "../../structures/ITodo";

/**
 * Show the own todos.
 *
 * @path /todo/member/todos
 * @throws 401 There is no valid token
 */
export async function index(connection: IConnection, body: index.Body): Promise<index.Response> {
  return PlainFetcher.fetch(
    connection,
    { ...index.METADATA, template: index.METADATA.path, path: index.path() },
    body,
  );
}
export namespace index {
  export type Body = ITodo.IRequest;
  export type Response = IPage<ITodo>;

  export const METADATA = {
    method: "PATCH",
    path: "/todo/member/todos",
    request: { type: "application/json", encrypted: false },
    response: { type: "application/json", encrypted: false },
    status: 200,
  } as const;

  export const path = () => `/todo/member/todos`;
}

/**
 * Show one todo.
 *
 * @path /todo/member/todos/:todoId
 * @throws 404 There is no such todo
 */
export async function at(connection: IConnection, todoId: string): Promise<at.Response> {
  return PlainFetcher.fetch(
    connection,
    { ...at.METADATA, template: at.METADATA.path, path: at.path(todoId) },
  );
}
export namespace at {
  export type Response = ITodo;

  export const METADATA = {
    method: "GET",
    path: "/todo/member/todos/:todoId",
    request: null,
    response: { type: "application/json", encrypted: false },
    status: 200,
  } as const;

  export const path = (todoId: string) => `/todo/member/todos/${encodeURIComponent(todoId)}`;
}

/**
 * Make a todo.
 *
 * @path /todo/member/todos
 * @throws 404 There is no such list
 */
export async function create(connection: IConnection, body: create.Body): Promise<create.Response> {
  return PlainFetcher.fetch(
    connection,
    { ...create.METADATA, template: create.METADATA.path, path: create.path() },
    body,
  );
}
export namespace create {
  export type Body = ITodo.ICreate;
  export type Response = ITodo;

  export const METADATA = {
    method: "POST",
    path: "/todo/member/todos",
    request: { type: "application/json", encrypted: false },
    response: { type: "application/json", encrypted: false },
    status: 201,
  } as const;

  export const path = () => `/todo/member/todos`;
}

/**
 * Change a todo.
 *
 * @path /todo/member/todos/:todoId
 * @throws 404 There is no such todo, or no such list
 */
export async function update(connection: IConnection, todoId: string, body: update.Body): Promise<update.Response> {
  return PlainFetcher.fetch(
    connection,
    { ...update.METADATA, template: update.METADATA.path, path: update.path(todoId) },
    body,
  );
}
export namespace update {
  export type Body = ITodo.IUpdate;
  export type Response = ITodo;

  export const METADATA = {
    method: "PUT",
    path: "/todo/member/todos/:todoId",
    request: { type: "application/json", encrypted: false },
    response: { type: "application/json", encrypted: false },
    status: 200,
  } as const;

  export const path = (todoId: string) => `/todo/member/todos/${encodeURIComponent(todoId)}`;
}

/**
 * Delete a todo.
 *
 * @path /todo/member/todos/:todoId
 * @throws 404 There is no such todo
 */
export async function erase(connection: IConnection, todoId: string): Promise<void> {
  return PlainFetcher.fetch(
    connection,
    { ...erase.METADATA, template: erase.METADATA.path, path: erase.path(todoId) },
  );
}
export namespace erase {

  export const METADATA = {
    method: "DELETE",
    path: "/todo/member/todos/:todoId",
    request: null,
    response: { type: "application/json", encrypted: false },
    status: 200,
  } as const;

  export const path = (todoId: string) => `/todo/member/todos/${encodeURIComponent(todoId)}`;
}

/**
 * Complete a todo.
 *
 * @path /todo/member/todos/:todoId/complete
 * @throws 409 It is done already
 */
export async function complete(connection: IConnection, todoId: string): Promise<complete.Response> {
  return PlainFetcher.fetch(
    connection,
    { ...complete.METADATA, template: complete.METADATA.path, path: complete.path(todoId) },
  );
}
export namespace complete {
  export type Response = ITodo;

  export const METADATA = {
    method: "POST",
    path: "/todo/member/todos/:todoId/complete",
    request: null,
    response: { type: "application/json", encrypted: false },
    status: 201,
  } as const;

  export const path = (todoId: string) => `/todo/member/todos/${encodeURIComponent(todoId)}/complete`;
}

/**
 * Open a todo again.
 *
 * @path /todo/member/todos/:todoId/reopen
 * @throws 409 It is open already
 */
export async function reopen(connection: IConnection, todoId: string): Promise<reopen.Response> {
  return PlainFetcher.fetch(
    connection,
    { ...reopen.METADATA, template: reopen.METADATA.path, path: reopen.path(todoId) },
  );
}
export namespace reopen {
  export type Response = ITodo;

  export const METADATA = {
    method: "POST",
    path: "/todo/member/todos/:todoId/reopen",
    request: null,
    response: { type: "application/json", encrypted: false },
    status: 201,
  } as const;

  export const path = (todoId: string) => `/todo/member/todos/${encodeURIComponent(todoId)}/reopen`;
}
