import { randomUUID } from "node:crypto";
import { Inject, Injectable, UnauthorizedException } from "@nestjs/common";
import jwt from "jsonwebtoken";
import type { Kysely } from "kysely";
import { APP_CONFIG, type AppConfig } from "../config.js";
import { DatabaseService } from "../database/database.service.js";
import type { DatabaseTables } from "../database/tables.js";
import { type ActorKind, isActorKind } from "./actor-kind.js";
import type { CurrentActor } from "./current-actor.js";

const MILLISECONDS_PER_SECOND = 1000;

/** What a token is for: calling operations, or getting new tokens. */
export type TokenUse = "access" | "refresh";

/** The tokens that descend from one sign-in; a refresh token is good for one generation of them. */
export interface TokenFamily {
  family: string;
  generation: number;
}

/** What a token says: whose it is, of which family, and the account's version of tokens. */
export interface Session extends CurrentActor, TokenFamily {
  version: number;
}

/** A fresh pair of tokens, and when the access token ends. */
export interface TokenPair {
  accessToken: string;
  refreshToken: string;
  expiresAt: string;
}

/** Issue, verify and renew JSON web tokens. */
@Injectable()
export class TokenService {
  public constructor(
    @Inject(APP_CONFIG) private readonly config: AppConfig,
    @Inject(DatabaseService) private readonly db: DatabaseService,
  ) {}

  /** Issue the first tokens of a family. */
  public async issue(
    db: Kysely<DatabaseTables>,
    account: CurrentActor & { version: number },
  ): Promise<TokenPair> {
    const family = randomUUID();
    await db
      .insertInto("token_families")
      .values({ id: family, generation: 0, expires_at: this.refreshEnd() })
      .execute();
    return this.sign({ ...account, family, generation: 0 });
  }

  /**
   * Use a refresh token of an account of this kind up; 401 if it is not valid.
   *
   * One that has been used before was stolen, or its successor was: its family ends.
   */
  public async redeem(token: string, kind: ActorKind): Promise<Session> {
    const session = this.verify(token, "refresh");
    if (session.kind !== kind) throw new UnauthorizedException("The token is not valid here.");
    const generation = await this.db.atomically((trx) => this.advance(trx, session));
    if (generation === undefined)
      throw new UnauthorizedException("The refresh token was used before; the session has ended.");
    return { ...session, generation };
  }

  /** Issue the next tokens of a session whose refresh token has been redeemed. */
  public renew(session: Session): TokenPair {
    return this.sign(session);
  }

  /** Whether the family of a token has not ended. */
  public async isOpen({ family }: TokenFamily): Promise<boolean> {
    const found = await this.db
      .selectFrom("token_families")
      .select("id")
      .where("id", "=", family)
      .executeTakeFirst();
    return found !== undefined;
  }

  /** Read whose token it is; 401 if it is not valid for this use. */
  public verify(token: string, use: TokenUse): Session {
    const payload = this.decode(token);
    const { sub: id } = payload;
    const kind: unknown = payload["kind"];
    const version: unknown = payload["version"];
    const family: unknown = payload["family"];
    const generation: unknown = payload["generation"];
    const isFit =
      payload["use"] === use &&
      isActorKind(kind) &&
      id !== undefined &&
      typeof version === "number" &&
      typeof family === "string" &&
      typeof generation === "number";
    if (!isFit) throw new UnauthorizedException("The token is not valid here.");
    return { kind, id, version, family, generation };
  }

  /** Begin the next generation of a family, or end it; families whose time is over end, too. */
  private async advance(
    trx: Kysely<DatabaseTables>,
    { family, generation }: TokenFamily,
  ): Promise<number | undefined> {
    const renewed = await trx
      .updateTable("token_families")
      .set({ generation: generation + 1, expires_at: this.refreshEnd() })
      .where("id", "=", family)
      .where("generation", "=", generation)
      .returning("generation")
      .executeTakeFirst();
    const moment = new Date().toISOString();
    await trx
      .deleteFrom("token_families")
      .where((eb) => {
        const isOver = eb("expires_at", "<", moment);
        return renewed === undefined ? eb.or([isOver, eb("id", "=", family)]) : isOver;
      })
      .execute();
    return renewed?.generation;
  }

  private sign({ id, ...claims }: Session): TokenPair {
    const { accessTtlSeconds, refreshTtlSeconds, jwtSecret } = this.config;
    const sign = (use: TokenUse, expiresIn: number): string =>
      jwt.sign({ ...claims, use }, jwtSecret, { subject: id, expiresIn });
    return {
      accessToken: sign("access", accessTtlSeconds),
      refreshToken: sign("refresh", refreshTtlSeconds),
      expiresAt: after(accessTtlSeconds),
    };
  }

  private refreshEnd(): string {
    return after(this.config.refreshTtlSeconds);
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

/** The moment that is some seconds away, in real time. */
function after(seconds: number): string {
  return new Date(Date.now() + seconds * MILLISECONDS_PER_SECOND).toISOString();
}
