import { appendFile } from "node:fs/promises";
import { Inject, Injectable } from "@nestjs/common";
import { APP_CONFIG, type AppConfig } from "../config.js";

const OWNER_ONLY = 0o600;

/** A message, and the token in it, for whoever words it otherwise or makes a link of it. */
export interface Message {
  to: string;
  subject: string;
  text: string;
  token: string;
}

/** What delivers messages. */
export abstract class Mailer {
  /** Deliver a message, or fail. */
  public abstract send(message: Message): Promise<void>;
}

/**
 * Write each message as a line of JSON to a file, for want of a provider that delivers it.
 *
 * Replace this class by your provider.
 */
@Injectable()
export class OutboxMailer implements Mailer {
  public constructor(@Inject(APP_CONFIG) private readonly config: AppConfig) {}

  /** Add a message to the file, which its owner alone may read. */
  public async send(message: Message): Promise<void> {
    await appendFile(this.config.outbox, `${JSON.stringify(message)}\n`, { mode: OWNER_ONLY });
  }
}
