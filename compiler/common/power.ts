// Powers with the same bits in every version of Node: those of V8 changed between Node 22 and 24, but neither its products nor
// its exponentials and logarithms.

/** Whole exponents below this are products, whose errors double with the exponent. */
const MOST_FACTORS = 1 << 10;

/**
 * `base` to the power of `exponent`. A base below 0 takes a whole exponent below 1,024. The relative error is below 1e-12,
 * unless the result is subnormal.
 */
export function power(base: number, exponent: number): number {
  if (Number.isInteger(exponent) && exponent >= 0 && exponent < MOST_FACTORS) return product(base, exponent);
  return Math.exp(exponent * Math.log(base));
}

/** The base multiplied by itself. */
function product(base: number, count: number): number {
  let result = 1;
  let square = base;
  for (let rest = count; rest > 0; rest >>>= 1) {
    if ((rest & 1) === 1) result *= square;
    square *= square;
  }
  return result;
}
