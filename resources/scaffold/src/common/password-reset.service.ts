import { createHash, randomBytes } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  UnauthorizedException,
} from "@nestjs/common";
import { DatabaseService, type Queries } from "../database/database.service.js";
import { fromNow, now } from "./clock.js";
import { Mailer } from "./mailer.js";

const TOKEN_BYTES = 32;
const VALID_HOURS = 1;

/** Mail the tokens that reset a password, and use them up; only their hashes are kept. */
@Injectable()
export class PasswordResetService implements BeforeApplicationShutdown {
  private readonly logger = new Logger(PasswordResetService.name);
  private readonly sending = new Set<Promise<void>>();

  public constructor(
    @Inject(DatabaseService) private readonly db: DatabaseService,
    @Inject(Mailer) private readonly mailer: Mailer,
  ) {}

  /**
   * Mail a token to an account, if there is one, once the request has been answered.
   *
   * Neither the answer nor the time that it takes says whether there is.
   */
  public send(account: { id: string; email: string } | undefined): void {
    if (account === undefined) return;
    const sent = this.deliver(account.id, account.email)
      .catch((error: unknown) => {
        this.logger.error("A token that resets a password was not mailed.", error);
      })
      .finally(() => this.sending.delete(sent));
    this.sending.add(sent);
  }

  /** Use a token up and return whose it is; 401 if it is not valid. */
  public async redeem(db: Queries, token: string): Promise<string> {
    const used = await db
      .deleteFrom("password_resets")
      .where("token_hash", "=", hashOf(token))
      .where("expires_at", ">", now())
      .returning("account_id")
      .executeTakeFirst();
    if (used === undefined) throw new UnauthorizedException("The token is not valid.");
    return used.account_id;
  }

  /** Let what is being sent get out. */
  public async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.sending);
  }

  private async deliver(id: string, email: string): Promise<void> {
    await setImmediate();
    const token = randomBytes(TOKEN_BYTES).toString("base64url");
    const expires_at = fromNow(VALID_HOURS, "hours");
    const kept = { token_hash: hashOf(token), expires_at };
    await this.db.atomically(async (trx) => {
      await trx.deleteFrom("password_resets").where("expires_at", "<=", now()).execute();
      await trx
        .insertInto("password_resets")
        .values({ account_id: id, ...kept })
        .onConflict((conflict) => conflict.column("account_id").doUpdateSet(kept))
        .execute();
    });
    await this.mailer.send({
      to: email,
      subject: "Reset your password",
      text:
        `This token sets a new password, once and until ${expires_at}: ${token}\n\n` +
        "If you did not ask for it, ignore this message: your password stays as it is.",
      token,
    });
  }
}

/** The hash of a token, which is random enough to need no salt. */
function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
