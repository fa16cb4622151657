/** The lengths of units of time. */
export const MILLISECONDS = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 };

/** What time is counted in. */
export type TimeUnit = keyof typeof MILLISECONDS;

const FIRST = Date.parse("0001-01-01T00:00:00.000Z");
const LAST = Date.parse("9999-12-31T23:59:59.999Z");
const MONTHS_MAX = 120_000;
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

/**
 * A moment, or a day, moved by some units, into the past if the amount is negative.
 *
 * It stays within the years that are written with four digits.
 */
export function shifted(moment: string, amount: number, unit: TimeUnit | "months"): string {
  const time =
    unit === "months"
      ? monthsLater(moment, amount)
      : Date.parse(moment) + amount * MILLISECONDS[unit];
  const moved = new Date(Math.min(Math.max(time, FIRST), LAST)).toISOString();
  return moment.length === DAY_LENGTH ? moved.slice(0, DAY_LENGTH) : moved;
}

/** The same day and time some months later, or the last day of a month that has no such day. */
function monthsLater(moment: string, amount: number): number {
  const date = new Date(moment);
  const day = date.getUTCDate();
  const months = Math.min(Math.max(amount, -MONTHS_MAX), MONTHS_MAX);
  date.setUTCMonth(date.getUTCMonth() + months, 1);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return date.setUTCDate(Math.min(day, last));
}

let work = (): Promise<void> => Promise.resolve();

/** Let something be done whenever the clock was put forward: what else happens as time passes. */
export function whenAdvanced(due: () => Promise<void>): void {
  work = due;
}

/** Put the clock forward, so that a test need not wait; tokens live on in real time. */
export async function advanceClock(amount: number, unit: TimeUnit): Promise<void> {
  ahead += amount * MILLISECONDS[unit];
  await work();
}
