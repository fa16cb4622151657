import { createParamDecorator, type ExecutionContext, UnauthorizedException } from "@nestjs/common";
import type { ActorKind } from "./actor-kind.js";

/** Who sends the request. */
export interface CurrentActor {
  kind: ActorKind;
  id: string;
}

/** A request, once the guard has read its token. */
export interface AuthorizedRequest {
  headers: { authorization?: string };
  actor?: CurrentActor;
}

/** Parameter decorator: the signed-in caller. */
export const CurrentActor = createParamDecorator(
  (_data: never, context: ExecutionContext): CurrentActor => {
    const { actor } = context.switchToHttp().getRequest<AuthorizedRequest>();
    if (actor === undefined) throw new UnauthorizedException();
    return actor;
  },
);

/** Parameter decorator: the caller where guests are served, too; undefined for a guest. */
export const Visitor = createParamDecorator(
  (_data: never, context: ExecutionContext): CurrentActor | undefined =>
    context.switchToHttp().getRequest<AuthorizedRequest>().actor,
);
