import {
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  UnauthorizedException,
} from "@nestjs/common";
import jwt from "jsonwebtoken";

export interface Session {
  accountId: string;
}

const secret = process.env["SECRET"] ?? "development";

export const issue = (accountId: string): string =>
  jwt.sign({ sub: accountId }, secret, { expiresIn: "1d" });

@Injectable()
export class SessionGuard implements CanActivate {
  public canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest();
    const [scheme, token] = String(request.headers.authorization ?? "").split(" ");
    if (scheme !== "Bearer" || token === undefined) throw new UnauthorizedException();
    try {
      request.session = { accountId: String(jwt.verify(token, secret).sub) };
    } catch {
      throw new UnauthorizedException();
    }
    return true;
  }
}

export const CurrentSession = createParamDecorator(
  (_: unknown, context: ExecutionContext): Session => context.switchToHttp().getRequest().session,
);
