const CENTS = 100;

/** Round an amount of money to cents: sums of binary fractions are a little off. */
export function toCents(amount: number): number {
  return Math.round(amount * CENTS) / CENTS;
}
