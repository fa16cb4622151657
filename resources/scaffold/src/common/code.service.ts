import { Inject, Injectable, UnauthorizedException } from "@nestjs/common";
import jwt from "jsonwebtoken";
import { APP_CONFIG, type AppConfig } from "../config.js";
import type { ActorKind } from "./actor-kind.js";
import { fromNow } from "./clock.js";
import type { CurrentActor } from "./current-actor.js";
import { carryBy, posting, send } from "./mail.js";

const USE = "code";

/** Codes that replace a forgotten password: each is good for a time, and for one change. */
@Injectable()
export class CodeService {
  public constructor(@Inject(APP_CONFIG) private readonly config: AppConfig) {
    if (config.mailUrl !== undefined) carryBy(posting(config.mailUrl));
  }

  /** Send a code for an account; it ends when the account's version of tokens is raised. */
  public send(to: string, account: CurrentActor & { version: number }, minutes: number): void {
    const { id, ...claims } = account;
    const until = fromNow(minutes, "minutes");
    const code = jwt.sign({ ...claims, until, use: USE }, this.config.jwtSecret, { subject: id });
    const text = `This code lets you choose a new password within ${minutes} minutes: ${code}`;
    send({ to, subject: "Your forgotten password", text });
  }

  /** Read for which account of this kind a code is; 401 if it is not valid. */
  public read(code: string, kind: ActorKind): { id: string; version: number } {
    const payload = this.decode(code);
    const { sub: id } = payload;
    const version: unknown = payload["version"];
    const until: unknown = payload["until"];
    const isFit =
      payload["use"] === USE &&
      payload["kind"] === kind &&
      id !== undefined &&
      typeof version === "number" &&
      typeof until === "string" &&
      fromNow(0, "minutes") <= until;
    if (!isFit) throw new UnauthorizedException("The code is not valid.");
    return { id, version };
  }

  private decode(code: string): jwt.JwtPayload {
    try {
      const payload = jwt.verify(code, this.config.jwtSecret, { algorithms: ["HS256"] });
      return typeof payload === "string" ? {} : payload;
    } catch {
      throw new UnauthorizedException("The code is not valid.");
    }
  }
}
