import { Inject, Injectable, UnauthorizedException } from "@nestjs/common";
import jwt from "jsonwebtoken";
import { APP_CONFIG, type AppConfig } from "../config.js";
import { type ActorKind, isActorKind } from "./actor-kind.js";
import type { CurrentActor } from "./current-actor.js";

const MILLISECONDS_PER_SECOND = 1000;

/** What a token is for: calling operations, or getting new tokens. */
export type TokenUse = "access" | "refresh";

/** What a token says: whose it is, and the version of tokens that the account was at. */
export interface Session extends CurrentActor {
  version: number;
}

/** A fresh pair of tokens, and when the access token ends. */
export interface TokenPair {
  accessToken: string;
  refreshToken: string;
  expiresAt: string;
}

/** Issue and verify JSON web tokens. */
@Injectable()
export class TokenService {
  public constructor(@Inject(APP_CONFIG) private readonly config: AppConfig) {}

  /** Issue a pair of tokens to an account. */
  public issue(session: Session): TokenPair {
    const { accessTtlSeconds, refreshTtlSeconds } = this.config;
    const expiresAt = new Date(Date.now() + accessTtlSeconds * MILLISECONDS_PER_SECOND);
    return {
      accessToken: this.sign(session, "access", accessTtlSeconds),
      refreshToken: this.sign(session, "refresh", refreshTtlSeconds),
      expiresAt: expiresAt.toISOString(),
    };
  }

  /** Read whose token it is; 401 if it is not valid for this use. */
  public verify(token: string, use: TokenUse): Session {
    const payload = this.decode(token);
    const kind: unknown = payload["kind"];
    const version: unknown = payload["version"];
    const isFit = payload["use"] === use && isActorKind(kind) && typeof version === "number";
    if (!isFit || payload.sub === undefined)
      throw new UnauthorizedException("The token is not valid here.");
    return { kind, id: payload.sub, version };
  }

  /** Read which account of a kind a refresh token belongs to, and its version; 401 if to none. */
  public readRefreshToken(token: string, kind: ActorKind): Session {
    const session = this.verify(token, "refresh");
    if (session.kind !== kind) throw new UnauthorizedException("The token is not valid here.");
    return session;
  }

  private sign({ kind, id, version }: Session, use: TokenUse, expiresIn: number): string {
    const options = { subject: id, expiresIn };
    return jwt.sign({ kind, use, version }, this.config.jwtSecret, options);
  }

  private decode(token: string): jwt.JwtPayload {
    try {
      const payload = jwt.verify(token, this.config.jwtSecret, { algorithms: ["HS256"] });
      return typeof payload === "string" ? {} : payload;
    } catch {
      throw new UnauthorizedException("The token is invalid or expired.");
    }
  }
}
