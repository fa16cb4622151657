import assert from "node:assert/strict";
import * as api from "../sdk/index.js";

/** One way through the backend. */
export type Walk = (connection: api.Connection) => Promise<void>;

/** Sign every request with the token. */
export function authorized(connection: api.Connection, token: string): api.Connection {
  return { ...connection, headers: { authorization: `Bearer ${token}` } };
}

/** Make the call and expect it to be refused with the status. */
export async function refused(status: number, call: () => Promise<object | void>): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof api.HttpError);
    assert.equal(error.status, status);
    assert.equal(error.body.statusCode, status);
    assert.notEqual(error.body.message.length, 0);
    return true;
  });
}
