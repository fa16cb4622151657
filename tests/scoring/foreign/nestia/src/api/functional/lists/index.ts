import type { IConnection } from "@nestia/fetcher";
import { PlainFetcher } from "@nestia/fetcher/lib/PlainFetcher";

import type { IPage } from "../../structures/IPage";
import type { ITodoList } from "../../structures/ITodoList";

/**
 * Show the own lists.
 *
 * @path /todo/member/lists
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
  export type Body = ITodoList.IRequest;
  export type Response = IPage<ITodoList>;

  export const METADATA = {
    method: "PATCH",
    path: "/todo/member/lists",
    request: { type: "application/json", encrypted: false },
    response: { type: "application/json", encrypted: false },
    status: 200,
  } as const;

  export const path = () => `/todo/member/lists`;
}

/**
 * Show one list.
 *
 * @path /todo/member/lists/:listId
 * @throws 404 There is no such list
 */
export async function at(connection: IConnection, listId: string): Promise<at.Response> {
  return PlainFetcher.fetch(
    connection,
    { ...at.METADATA, template: at.METADATA.path, path: at.path(listId) },
  );
}
export namespace at {
  export type Response = ITodoList;

  export const METADATA = {
    method: "GET",
    path: "/todo/member/lists/:listId",
    request: null,
    response: { type: "application/json", encrypted: false },
    status: 200,
  } as const;

  export const path = (listId: string) => `/todo/member/lists/${encodeURIComponent(listId)}`;
}

/**
 * Make a list.
 *
 * @path /todo/member/lists
 * @throws 409 There is a list of this name, or there are 20
 */
export async function create(connection: IConnection, body: create.Body): Promise<create.Response> {
  return PlainFetcher.fetch(
    connection,
    { ...create.METADATA, template: create.METADATA.path, path: create.path() },
    body,
  );
}
export namespace create {
  export type Body = ITodoList.ICreate;
  export type Response = ITodoList;

  export const METADATA = {
    method: "POST",
    path: "/todo/member/lists",
    request: { type: "application/json", encrypted: false },
    response: { type: "application/json", encrypted: false },
    status: 201,
  } as const;

  export const path = () => `/todo/member/lists`;
}

/**
 * Rename a list.
 *
 * @path /todo/member/lists/:listId
 * @throws 404 There is no such list
 * @throws 409 There is a list of this name
 */
export async function update(connection: IConnection, listId: string, body: update.Body): Promise<update.Response> {
  return PlainFetcher.fetch(
    connection,
    { ...update.METADATA, template: update.METADATA.path, path: update.path(listId) },
    body,
  );
}
export namespace update {
  export type Body = ITodoList.IUpdate;
  export type Response = ITodoList;

  export const METADATA = {
    method: "PUT",
    path: "/todo/member/lists/:listId",
    request: { type: "application/json", encrypted: false },
    response: { type: "application/json", encrypted: false },
    status: 200,
  } as const;

  export const path = (listId: string) => `/todo/member/lists/${encodeURIComponent(listId)}`;
}

/**
 * Delete a list.
 *
 * @path /todo/member/lists/:listId
 * @throws 404 There is no such list
 */
export async function erase(connection: IConnection, listId: string): Promise<void> {
  return PlainFetcher.fetch(
    connection,
    { ...erase.METADATA, template: erase.METADATA.path, path: erase.path(listId) },
  );
}
export namespace erase {

  export const METADATA = {
    method: "DELETE",
    path: "/todo/member/lists/:listId",
    request: null,
    response: { type: "application/json", encrypted: false },
    status: 200,
  } as const;

  export const path = (listId: string) => `/todo/member/lists/${encodeURIComponent(listId)}`;
}
