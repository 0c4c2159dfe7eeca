// Exact decimal numbers from texts: `1.50` and `15e-1` are the same number, and two ids of nineteen digits
// are different.

export interface Decimal {
  readonly isNegative: boolean;
  /**
   * The number is 0.DIGITS × 10^exponent. The digits neither begin nor end with 0; the number 0 has no
   * digits.
   */
  readonly digits: string;
  readonly exponent: number;
}

const DECIMAL = /^([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d+))?$/;

/** Null if the text isn't a decimal number. */
export function decimalOf(text: string): Decimal | null {
  const [, sign, whole = "", rest = "", power = "0"] = DECIMAL.exec(text.trim()) ?? [];
  const all = whole + rest;
  if (all === "") return null;
  const digits = all.replace(/^0+/, "").replace(/(?<!0)0+$/, "");
  if (digits === "") return { isNegative: false, digits, exponent: 0 };
  const leading = all.length - all.replace(/^0+/, "").length;
  return { isNegative: sign === "-", digits, exponent: whole.length - leading + Number(power) };
}

/** Equal numbers have equal keys. */
export function decimalKey({ isNegative, digits, exponent }: Decimal): string {
  return `${isNegative ? "-" : ""}${digits}e${exponent}`;
}

/** Negative if `a` is less than `b`. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const [sign, other] = [signOf(a), signOf(b)];
  if (sign !== other || sign === 0) return sign - other;
  const larger =
    a.exponent === b.exponent
      ? Number(a.digits > b.digits) - Number(a.digits < b.digits)
      : a.exponent - b.exponent;
  return sign * larger;
}

function signOf({ isNegative, digits }: Decimal): number {
  return digits === "" ? 0 : isNegative ? -1 : 1;
}
