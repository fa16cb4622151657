import { ForbiddenException, UnauthorizedException } from "@nestjs/common";
import jwt from "jsonwebtoken";

import { MyGlobal } from "../MyGlobal";
import { MemberPayload } from "../decorators/MemberPayload";

/** Read the token of a request and make sure that the account exists. */
export async function memberAuthorize(request: {
  headers: { authorization?: string };
}): Promise<MemberPayload> {
  const header = request.headers.authorization;
  if (header === undefined || !header.startsWith("Bearer "))
    throw new UnauthorizedException("There is no token.");
  let payload: MemberPayload;
  try {
    payload = jwt.verify(header.slice(7), MyGlobal.secret) as MemberPayload;
  } catch {
    throw new UnauthorizedException("The token is not valid.");
  }
  if (payload.type !== "member") throw new ForbiddenException("This is for members.");
  const member = await MyGlobal.prisma.todo_members.findFirst({ where: { id: payload.id } });
  if (member === null) throw new ForbiddenException("The account is gone.");
  return payload;
}
