import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  Inject,
  Injectable,
  SetMetadata,
  UnauthorizedException,
  UseGuards,
} from "@nestjs/common";
import { Reflector } from "@nestjs/core";
import { AccountsService } from "./accounts.service.js";
import type { ActorKind } from "./actor-kind.js";
import type { AuthorizedRequest } from "./current-actor.js";
import { TokenService } from "./token.service.js";

const ALLOWED_KINDS = Symbol("ALLOWED_KINDS");

/** The name of the scheme has no case (RFC 9110, section 11.1). */
const BEARER = /^Bearer +(\S+)$/i;

/**
 * Accept requests with the access token of an existing account of an allowed kind.
 *
 * Where no kinds are named, guests are served, too: they send no token.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  public constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(TokenService) private readonly tokens: TokenService,
    @Inject(AccountsService) private readonly accounts: AccountsService,
  ) {}

  public async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthorizedRequest>();
    const allowed = this.reflector.get<ActorKind[] | undefined>(
      ALLOWED_KINDS,
      context.getHandler(),
    );
    if (allowed === undefined && request.headers.authorization === undefined) return true;
    const token = BEARER.exec(request.headers.authorization ?? "")?.[1];
    if (token === undefined) throw new UnauthorizedException("A bearer token is needed.");
    const session = this.tokens.verify(token, "access");
    const actor = { kind: session.kind, id: session.id };
    if (allowed !== undefined && !allowed.includes(actor.kind))
      throw new ForbiddenException(`This is not for a ${actor.kind}.`);
    const isOpen = await this.tokens.isOpen(session);
    if (!isOpen || !(await this.accounts.exists(actor, session.version)))
      throw new UnauthorizedException("The session has ended.");
    request.actor = actor;
    return true;
  }
}

/** Let only signed-in callers of these kinds reach the handler. */
export function Actors(...kinds: ActorKind[]): MethodDecorator {
  return applyDecorators(SetMetadata(ALLOWED_KINDS, kinds), UseGuards(AuthGuard));
}

/** Let everybody reach the handler, and know who it is where a token is sent. */
export function Visitors(): MethodDecorator {
  return UseGuards(AuthGuard);
}
