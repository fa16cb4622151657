import { createParamDecorator, ExecutionContext } from "@nestjs/common";

import { memberAuthorize } from "../providers/memberAuthorize";

/** The member who calls; without a valid token the request is refused. */
export const MemberAuth = (): ParameterDecorator =>
  createParamDecorator(async (_: unknown, context: ExecutionContext) =>
    memberAuthorize(context.switchToHttp().getRequest()),
  )();
