import { MILLISECONDS, type TimeUnit } from "./clock.js";

/** Where a number goes that has too many decimals: to the greater, the lesser, the nearer one. */
export type Rounding = "up" | "down" | "half_up";

const PRECISION = 15;
const HALF = 0.5;
const PERCENT = 100;

/** A percentage of an amount. */
export function portion(
  amount: number,
  percent: number,
  places: number,
  rounding: Rounding,
): number {
  return rounded((amount * percent) / PERCENT, places, rounding);
}

/** A number divided by another; 0 where that is zero. */
export function divided(
  dividend: number,
  divisor: number,
  places: number,
  rounding: Rounding,
): number {
  return divisor === 0 ? 0 : rounded(dividend / divisor, places, rounding);
}

/** How many units lie between two moments or days; below zero if the end is first. */
export function elapsed(start: string, end: string, unit: TimeUnit, rounding: Rounding): number {
  return rounded((Date.parse(end) - Date.parse(start)) / MILLISECONDS[unit], 0, rounding);
}

function rounded(value: number, places: number, rounding: Rounding): number {
  const scale = 10 ** places;
  // Binary fractions are a little off; beyond 15 digits nothing is meant.
  const scaled = Number((value * scale).toPrecision(PRECISION));
  const whole = {
    up: Math.ceil(scaled),
    down: Math.floor(scaled),
    half_up: Math.floor(scaled + HALF),
  }[rounding];
  return whole / scale + 0; // no minus zero
}
