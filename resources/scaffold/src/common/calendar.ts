const DAY_LENGTH = "2000-01-01".length;
const DAYS_OF_WEEK = 7;

/** The time of day of a moment in UTC, `18:30`; seconds follow where there are any. */
export function timeOfDay(moment: string): string {
  const [, time = ""] = new Date(moment).toISOString().split("T");
  return time.replace(/(?::00)?\.000Z$|Z$/, "");
}

/** The day of the week of a moment or day in UTC: 1 on Mondays, 7 on Sundays. */
export function weekday(moment: string): number {
  return new Date(moment).getUTCDay() || DAYS_OF_WEEK;
}

/** Where the day, the week (its Monday), the month or the year begins that something lies in. */
export function startOf(moment: string, unit: "day" | "week" | "month" | "year"): string {
  const date = new Date(moment);
  date.setUTCHours(0, 0, 0, 0);
  if (unit === "week") date.setUTCDate(date.getUTCDate() + 1 - weekday(moment));
  if (unit === "month") date.setUTCDate(1);
  if (unit === "year") date.setUTCMonth(0, 1);
  const begun = date.toISOString();
  return moment.length === DAY_LENGTH ? begun.slice(0, DAY_LENGTH) : begun;
}
