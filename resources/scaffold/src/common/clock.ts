const MILLISECONDS = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 };

/** What time is counted in. */
export type TimeUnit = keyof typeof MILLISECONDS;

const DAY_LENGTH = "2000-01-01".length;

let ahead = 0;
let latest = 0;

/**
 * The present moment, ISO 8601 in UTC.
 *
 * No two calls give the same one, so rows sort in the order in which they were made.
 */
export function now(): string {
  latest = Math.max(Date.now() + ahead, latest + 1);
  return new Date(latest).toISOString();
}

/** The present day in UTC, ISO 8601. */
export function today(): string {
  return fromNow(0, "days").slice(0, DAY_LENGTH);
}

/** The present moment moved by some units, into the past if the amount is negative. */
export function fromNow(amount: number, unit: TimeUnit): string {
  return new Date(Date.now() + ahead + amount * MILLISECONDS[unit]).toISOString();
}

/** A moment, or a day, moved by some units, into the past if the amount is negative. */
export function shifted(moment: string, amount: number, unit: TimeUnit): string {
  const moved = new Date(Date.parse(moment) + amount * MILLISECONDS[unit]).toISOString();
  return moment.length === DAY_LENGTH ? moved.slice(0, DAY_LENGTH) : moved;
}

/** Put the clock forward, so that a test need not wait; tokens live on in real time. */
export function advanceClock(amount: number, unit: TimeUnit): void {
  ahead += amount * MILLISECONDS[unit];
}
