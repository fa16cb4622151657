import type { IConnection } from "@nestia/fetcher";
import { PlainFetcher } from "@nestia/fetcher/lib/PlainFetcher";

import type { IMember } from "../../structures/IMember";

/**
 * Sign up.
 *
 * @path /auth/member/join
 * @throws 400 A value is missing or malformed
 * @throws 409 The address is taken
 */
export async function join(connection: IConnection, body: join.Body): Promise<join.Response> {
  return PlainFetcher.fetch(
    connection,
    { ...join.METADATA, template: join.METADATA.path, path: join.path() },
    body,
  );
}
export namespace join {
  export type Body = IMember.IJoin;
  export type Response = IMember.IAuthorized;

  export const METADATA = {
    method: "POST",
    path: "/auth/member/join",
    request: { type: "application/json", encrypted: false },
    response: { type: "application/json", encrypted: false },
    status: 201,
  } as const;

  export const path = () => `/auth/member/join`;
}

/**
 * Sign in.
 *
 * @path /auth/member/login
 * @throws 401 Address or password is wrong
 */
export async function login(connection: IConnection, body: login.Body): Promise<login.Response> {
  return PlainFetcher.fetch(
    connection,
    { ...login.METADATA, template: login.METADATA.path, path: login.path() },
    body,
  );
}
export namespace login {
  export type Body = IMember.ILogin;
  export type Response = IMember.IAuthorized;

  export const METADATA = {
    method: "POST",
    path: "/auth/member/login",
    request: { type: "application/json", encrypted: false },
    response: { type: "application/json", encrypted: false },
    status: 201,
  } as const;

  export const path = () => `/auth/member/login`;
}

/**
 * Renew the tokens.
 *
 * @path /auth/member/refresh
 * @throws 401 The token is not valid
 */
export async function refresh(connection: IConnection, body: refresh.Body): Promise<refresh.Response> {
  return PlainFetcher.fetch(
    connection,
    { ...refresh.METADATA, template: refresh.METADATA.path, path: refresh.path() },
    body,
  );
}
export namespace refresh {
  export type Body = IMember.IRefresh;
  export type Response = IMember.IAuthorized;

  export const METADATA = {
    method: "POST",
    path: "/auth/member/refresh",
    request: { type: "application/json", encrypted: false },
    response: { type: "application/json", encrypted: false },
    status: 201,
  } as const;

  export const path = () => `/auth/member/refresh`;
}
