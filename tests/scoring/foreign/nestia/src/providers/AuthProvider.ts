import { ConflictException, UnauthorizedException } from "@nestjs/common";
import jwt from "jsonwebtoken";
import { v4 } from "uuid";

import { MyGlobal } from "../MyGlobal";
import { IMember } from "../api/structures/IMember";
import { MemberPayload } from "../decorators/MemberPayload";
import { PasswordUtil } from "../utils/PasswordUtil";

/** Accounts and their tokens. */
export namespace AuthProvider {
  export const join = async (body: IMember.IJoin): Promise<IMember.IAuthorized> => {
    const taken = await MyGlobal.prisma.todo_members.findFirst({ where: { email: body.email } });
    if (taken !== null) throw new ConflictException("The address is taken.");
    const member = await MyGlobal.prisma.todo_members.create({
      data: {
        id: v4(),
        email: body.email,
        password_hash: await PasswordUtil.hash(body.password),
        created_at: new Date(),
      },
    });
    return authorize(member);
  };

  export const login = async (body: IMember.ILogin): Promise<IMember.IAuthorized> => {
    const member = await MyGlobal.prisma.todo_members.findFirst({ where: { email: body.email } });
    if (member === null) throw new UnauthorizedException("Address or password is wrong.");
    const right = await PasswordUtil.verify(body.password, member.password_hash);
    if (right === false) throw new UnauthorizedException("Address or password is wrong.");
    return authorize(member);
  };

  export const refresh = async (body: IMember.IRefresh): Promise<IMember.IAuthorized> => {
    let payload: MemberPayload;
    try {
      payload = jwt.verify(body.refresh, MyGlobal.secret) as MemberPayload;
    } catch {
      throw new UnauthorizedException("The token is not valid.");
    }
    const member = await MyGlobal.prisma.todo_members.findFirst({ where: { id: payload.id } });
    if (member === null) throw new UnauthorizedException("The account is gone.");
    return authorize(member);
  };

  const authorize = (member: {
    id: string;
    email: string;
    created_at: Date;
  }): IMember.IAuthorized => ({
    id: member.id,
    email: member.email,
    created_at: member.created_at.toISOString(),
    token: {
      access: jwt.sign({ type: "member", id: member.id }, MyGlobal.secret, { expiresIn: "1h" }),
      refresh: jwt.sign({ type: "member", id: member.id }, MyGlobal.secret, { expiresIn: "7d" }),
    },
  });
}
