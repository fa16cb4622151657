import { Logger } from "@nestjs/common";

/** What is sent to somebody. */
export interface Message {
  to: string;
  subject: string;
  text: string;
}

/** What brings messages to their addresses. */
export type Carrier = (message: Message) => Promise<void>;

const logger = new Logger("Mail");
let carrier: Carrier = ({ to, text }) => {
  logger.log(`To ${to}: ${text}`);
  return Promise.resolve();
};

/** Have messages carried by something else than the log. */
export function carryBy(other: Carrier): void {
  carrier = other;
}

/** What posts messages as JSON to a service that sends them. */
export function posting(url: string): Carrier {
  return async (message) => {
    const headers = { "content-type": "application/json" };
    const { ok, status } = await fetch(url, {
      method: "POST",
      headers,
      body: JSON.stringify(message),
    });
    if (!ok) throw new Error(`the service for e-mail answered ${status}`);
  };
}

/** Send a message. Whoever asked for it does not wait, and does not learn whether it arrives. */
export function send(message: Message): void {
  carrier(message).catch((error: unknown) => {
    logger.error(`A message was not sent: ${String(error)}`);
  });
}
