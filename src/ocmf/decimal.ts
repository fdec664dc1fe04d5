/**
 * An exact decimal number: `digits` times ten to the power of `exponent`. Floating-point numbers would round large
 * values.
 */
export interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** No register has larger exponents, and aligning such numbers would need much memory. */
const maxExponent = 400;

/** Parses `48.542`, also padded with spaces or zeros, signed, or as `1.606848e7`. Undefined if it is not a number. */
export function parseDecimal(text: string): Decimal | undefined {
  const parts = /^\s*([+-]?)(\d{1,400})(?:\.(\d{0,400}))?(?:[eE]([+-]?\d{1,3}))?\s*$/.exec(text);
  if (parts === null) return undefined;
  const [, sign = "", whole = "", fraction = "", power = "0"] = parts;
  const exponent = Number(power) - fraction.length;
  if (Math.abs(exponent) > maxExponent) return undefined;
  const digits = BigInt(whole + fraction);
  return { digits: sign === "-" ? -digits : digits, exponent };
}

/** Returns the exact difference. */
export function subtract(left: Decimal, right: Decimal): Decimal {
  const exponent = Math.min(left.exponent, right.exponent);
  return { digits: shifted(left, exponent) - shifted(right, exponent), exponent };
}

/** Whether the first number is smaller. */
export function isLess(left: Decimal, right: Decimal): boolean {
  return subtract(left, right).digits < 0n;
}

/** Formats without an exponent: `22.125`. */
export function decimalText(value: Decimal): string {
  if (value.exponent >= 0) return String(shifted(value, 0));
  const sign = value.digits < 0n ? "-" : "";
  const text = String(value.digits < 0n ? -value.digits : value.digits).padStart(1 - value.exponent, "0");
  return `${sign}${text.slice(0, value.exponent)}.${text.slice(value.exponent)}`;
}

function shifted(value: Decimal, exponent: number): bigint {
  return value.digits * 10n ** BigInt(value.exponent - exponent);
}
