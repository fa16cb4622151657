import { randomUUID, scryptSync, timingSafeEqual } from "node:crypto";
import { ConflictException, UnauthorizedException } from "@nestjs/common";
import { db } from "../shared/database.js";
import { issue } from "../shared/session.js";
import type { Credentials, Token } from "./accounts.schema.js";

const derive = (password: string, id: string): Buffer => scryptSync(password, id, 32);

export async function join({ email, password }: Credentials): Promise<Token> {
  const taken = await db
    .selectFrom("accounts")
    .select("id")
    .where("email", "=", email)
    .executeTakeFirst();
  if (taken !== undefined) throw new ConflictException("The address is taken");
  const id = randomUUID();
  await db
    .insertInto("accounts")
    .values({ id, email, password: derive(password, id).toString("hex") })
    .execute();
  return { id, token: issue(id) };
}

export async function login({ email, password }: Credentials): Promise<Token> {
  const account = await db
    .selectFrom("accounts")
    .select(["id", "password"])
    .where("email", "=", email)
    .executeTakeFirst();
  if (account === undefined) throw new UnauthorizedException();
  const known = Buffer.from(account.password, "hex");
  if (!timingSafeEqual(known, derive(password, account.id))) throw new UnauthorizedException();
  return { id: account.id, token: issue(account.id) };
}
