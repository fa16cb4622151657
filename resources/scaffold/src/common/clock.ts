const MILLISECONDS = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 };

let latest = 0;

/**
 * The present moment, ISO 8601 in UTC.
 *
 * No two calls give the same one, so rows sort in the order in which they were made.
 */
export function now(): string {
  latest = Math.max(Date.now(), latest + 1);
  return new Date(latest).toISOString();
}

/** The present day in UTC, ISO 8601. */
export function today(): string {
  return new Date().toISOString().slice(0, "2000-01-01".length);
}

/** The present moment moved by some units, into the past if the amount is negative. */
export function fromNow(amount: number, unit: keyof typeof MILLISECONDS): string {
  return new Date(Date.now() + amount * MILLISECONDS[unit]).toISOString();
}
