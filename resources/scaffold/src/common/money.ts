const CENTS = 100;

/** Decimal digits that a double holds exactly. */
const DIGITS = 15;

/** Round an amount of money to cents, halves away from zero, as PostgreSQL does. */
export function toCents(amount: number): number {
  // A half that binary fractions have put a little below itself is a half again.
  const cents = Math.round(Number((Math.abs(amount) * CENTS).toPrecision(DIGITS)));
  return (Math.sign(amount) * cents) / CENTS;
}
