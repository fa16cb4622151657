import { Inject, Injectable, UnauthorizedException } from "@nestjs/common";
import jwt from "jsonwebtoken";
import { APP_CONFIG, type AppConfig } from "../config.js";
import { type ActorKind, isActorKind } from "./actor-kind.js";
import type { CurrentActor } from "./current-actor.js";

const MILLISECONDS_PER_SECOND = 1000;

/** What a token is for: calling operations, or getting new tokens. */
export type TokenUse = "access" | "refresh";

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
  public issue(actor: CurrentActor): TokenPair {
    const { accessTtlSeconds, refreshTtlSeconds } = this.config;
    const expiresAt = new Date(Date.now() + accessTtlSeconds * MILLISECONDS_PER_SECOND);
    return {
      accessToken: this.sign(actor, "access", accessTtlSeconds),
      refreshToken: this.sign(actor, "refresh", refreshTtlSeconds),
      expiresAt: expiresAt.toISOString(),
    };
  }

  /** Read whose token it is; 401 if it is not valid for this use. */
  public verify(token: string, use: TokenUse): CurrentActor {
    const payload = this.decode(token);
    const kind: unknown = payload["kind"];
    if (payload["use"] !== use || payload.sub === undefined || !isActorKind(kind))
      throw new UnauthorizedException("The token is not valid here.");
    return { kind, id: payload.sub };
  }

  /** Read which account of a kind a refresh token belongs to; 401 if to none. */
  public readRefreshToken(token: string, kind: ActorKind): string {
    const actor = this.verify(token, "refresh");
    if (actor.kind !== kind) throw new UnauthorizedException("The token is not valid here.");
    return actor.id;
  }

  private sign(actor: CurrentActor, use: TokenUse, expiresIn: number): string {
    const options = { subject: actor.id, expiresIn };
    return jwt.sign({ kind: actor.kind, use }, this.config.jwtSecret, options);
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
