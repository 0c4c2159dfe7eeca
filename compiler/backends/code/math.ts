// Functions of four numbers at a time. Polynomials are minimax for the relative
// error, by Remez's algorithm. tests/serve/wasm measures the errors stated here.

import type { FunctionBuilder } from "./builder.ts";
import type { Vector } from "./code.ts";
import { integers, vector } from "./expressions.ts";

/** 2ᶠ for f from −1/2 to 1/2: relative error 7.5e-8. */
const POWER = [
  1.00000007165, 0.693146967065, 0.240221197237, 0.0555071327186, 0.00967554134312, 0.0013276472632,
];
/** eʳ for r from −ln 2 / 2 to ln 2 / 2: relative error 7.5e-8. */
const EXPONENTIAL = [
  1.0000000717, 0.999999691808, 0.499988944132, 0.166675750863, 0.0419154314736, 0.00829764835657,
];
/** (log(1 + r) − r + r² / 2) / r³ for r from √½ − 1 to √2 − 1; the error of log is then 3e-8. */
const LOGARITHM = [
  0.333333299439, -0.250003039215, 0.200012009722, -0.16641581593, 0.142099456531, -0.129892765337,
  0.126556977944, -0.0797421639921,
];
/** (tanh x − x) / x³ by x², for x from −TANH_SMALL to TANH_SMALL; tanh's relative error is then 1.3e-7. */
const TANH = [-0.333323412414, 0.133081750492, -0.0519479040021, 0.0151953726234];
const TANH_SMALL = 0.625;
/** (sin r − r) / r³ by r², for r from −π/4 to π/4: absolute error 2e-9. */
const SINE = [-0.166666501011, 0.00833194681409, -0.000194916077159];
/** (cos r − 1 + r² / 2) / r⁴ by r², likewise. */
const COSINE = [0.0416666461627, -0.00138873317189, 0.0000244342141927];
/** π/2 in parts: a whole number of up to 13 bits times one of the first two is exact. */
const QUARTER_TURN = [1.5703125, 0.0004837512969970703, 7.549790126404332e-8];
/**
 * 1.5 · 2²³: adding it to a number below 2²² rounds that to a whole number, which is then in the lowest bits.
 */
const ROUNDER = 12582912;
/** ln 2 in two parts: a whole number of up to 11 bits times the first is exact. */
const LN2_HIGH = 0.693115234375;
const LN2_LOW = 3.194618494528623e-5;
/** The float with the bits of the integer 1. */
const ONE_BIT = 2 ** -149;
/** The smallest normal number, 2⁻¹²⁶. */
const SMALLEST = 2 ** -126;

/** c₀ + c₁ x + c₂ x² + … */
function polynomial(f: FunctionBuilder, coefficients: readonly number[], x: Vector): Vector {
  return coefficients
    .toReversed()
    .map((coefficient) => f.constant(coefficient))
    .reduce((sum, coefficient) => vector.madd(sum, x, coefficient));
}

/** 2ᵗ for t from −126 to 126; clamped beyond. NaN stays NaN. */
function power(f: FunctionBuilder, t: Vector): Vector {
  const bounded = f.local(vector.pmax(vector.pmin(t, f.constant(126)), f.constant(-126)));
  const rounded = f.local(vector.add(bounded, f.constant(ROUNDER)));
  const fraction = f.local(vector.sub(bounded, vector.sub(rounded, f.constant(ROUNDER))));
  // The bits of a NaN are above those of all numbers here; the minimum makes them bits that leave the sum
  // NaN.
  const exponent = integers.shl(integers.minUnsigned(rounded, f.constant(ROUNDER + 512)), 23);
  return integers.add(polynomial(f, POWER, fraction), exponent);
}

/** 1 / (1 + e⁻ˣ): absolute error 1.2e-7; 2⁻¹²⁶ or 1 where it saturates. */
export function sigmoid(f: FunctionBuilder, x: Vector): Vector {
  const one = f.constant(1);
  return vector.div(one, vector.add(one, power(f, vector.mul(x, f.constant(-Math.LOG2E)))));
}

/**
 * tanh x = 1 − 2 / (1 + e²ˣ): relative error 5e-7. For small x that difference would lose all digits, so a
 * polynomial replaces it: a vector of small numbers may be divided by its length.
 */
export function tanh(f: FunctionBuilder, given: Vector): Vector {
  const x = f.local(given);
  const grown = power(f, vector.mul(x, f.constant(2 * Math.LOG2E)));
  const large = vector.sub(f.constant(1), vector.div(f.constant(2), vector.add(f.constant(1), grown)));
  const square = f.local(vector.mul(x, x));
  const small = vector.madd(vector.mul(x, square), polynomial(f, TANH, square), x);
  return vector.select(small, large, vector.lt(vector.abs(x), f.constant(TANH_SMALL)));
}

/** eˣ: relative error 2.5e-7; infinite from 88.73 on, 0 below −104. NaN stays NaN. */
export function exp(f: FunctionBuilder, x: Vector): Vector {
  const bounded = f.local(vector.pmax(vector.pmin(x, f.constant(89)), f.constant(-104)));
  const rounded = f.local(vector.madd(bounded, f.constant(Math.LOG2E), f.constant(ROUNDER)));
  const whole = f.local(vector.sub(rounded, f.constant(ROUNDER)));
  const high = vector.madd(whole, f.constant(-LN2_HIGH), bounded);
  const rest = f.local(vector.madd(whole, f.constant(-LN2_LOW), high));
  // 2ⁿ is not an f32 for all n here, but n can be split into two halves whose powers are.
  const half = f.local(vector.add(vector.mul(whole, f.constant(0.5)), f.constant(ROUNDER)));
  const other = vector.add(vector.sub(whole, vector.sub(half, f.constant(ROUNDER))), f.constant(ROUNDER));
  const scale = (n: Vector) => integers.add(integers.shl(n, 23), f.constant(1));
  return vector.mul(vector.mul(polynomial(f, EXPONENTIAL, rest), scale(half)), scale(other));
}

/** eˣ for x of 0 or less: absolute error 2e-7; 0 below −87. NaN stays NaN. */
export function decay(f: FunctionBuilder, given: Vector): Vector {
  const x = f.local(given);
  const t = f.local(vector.mul(x, f.constant(Math.LOG2E)));
  const rounded = f.local(vector.add(t, f.constant(ROUNDER)));
  const fraction = f.local(vector.sub(t, vector.sub(rounded, f.constant(ROUNDER))));
  // A product, not a sum of bits, so that NaN stays NaN.
  const scale = integers.add(integers.shl(rounded, 23), f.constant(1));
  const power = vector.mul(polynomial(f, POWER, fraction), scale);
  return vector.select(f.constant(0), power, vector.lt(x, f.constant(-87)));
}

/** The natural logarithm: relative error 1e-7; −∞ at 0, NaN below. */
export function log(f: FunctionBuilder, given: Vector): Vector {
  const x = f.local(given);
  // Scales subnormal numbers up first, because they have no exponent of their own.
  const tiny = f.local(vector.lt(x, f.constant(SMALLEST)));
  const scaled = f.local(vector.select(vector.mul(x, f.constant(2 ** 24)), x, tiny));
  // Splits into 2ⁿ (1 + r) with 1 + r from √½ to √2.
  const shifted = f.local(integers.sub(scaled, f.constant(Math.SQRT1_2)));
  const exponent = f.local(integers.shr(shifted, 23));
  const one = vector.sub(integers.sub(scaled, integers.shl(exponent, 23)), f.constant(1));
  const r = f.local(one);
  const n = f.local(vector.sub(integers.toFloat(exponent), vector.and(tiny, f.constant(24))));
  const square = f.local(vector.mul(r, r));
  const cubic = vector.mul(vector.mul(square, r), polynomial(f, LOGARITHM, r));
  const small = vector.madd(n, f.constant(LN2_LOW), vector.madd(square, f.constant(-0.5), cubic));
  const sum = f.local(vector.madd(n, f.constant(LN2_HIGH), vector.add(r, small)));
  const infinite = vector.select(x, sum, vector.eq(x, f.constant(Number.POSITIVE_INFINITY)));
  const zero = vector.select(f.constant(Number.NEGATIVE_INFINITY), infinite, vector.eq(x, f.constant(0)));
  const wrong = vector.select(f.constant(Number.NaN), zero, vector.lt(x, f.constant(0)));
  return vector.select(x, wrong, vector.ne(x, x));
}

/** The sine: absolute error 1.5e-7 for angles up to ±8,192 radians, and never beyond ±1. NaN for ±∞. */
export function sin(f: FunctionBuilder, x: Vector): Vector {
  return wave(f, x, 0);
}

/** The cosine, with the errors of the sine. */
export function cos(f: FunctionBuilder, x: Vector): Vector {
  return wave(f, x, 1);
}

/** sin(x + `turns` · π/2). */
function wave(f: FunctionBuilder, given: Vector, turns: 0 | 1): Vector {
  const x = f.local(given);
  // x = n · π/2 + r, with r from −π/4 to π/4.
  const rounded = f.local(vector.madd(x, f.constant(2 / Math.PI), f.constant(ROUNDER)));
  const n = f.local(vector.sub(rounded, f.constant(ROUNDER)));
  const rest = QUARTER_TURN.reduce((left, part) => vector.madd(n, f.constant(-part), left), x as Vector);
  // Bounds the remainder, which is meaningless where n is too large to be exact.
  const r = f.local(vector.pmax(vector.pmin(rest, f.constant(0.8)), f.constant(-0.8)));
  const square = f.local(vector.mul(r, r));
  const sine = vector.madd(vector.mul(r, square), polynomial(f, SINE, square), r);
  const fourth = vector.mul(square, square);
  const one = vector.madd(square, f.constant(-0.5), f.constant(1));
  const cosine = vector.madd(fourth, polynomial(f, COSINE, square), one);
  // The lowest bit of n selects sine or cosine, the next one the sign; if n is too large for ROUNDER, these
  // bits are meaningless.
  const quarter = f.local(turns === 0 ? rounded : integers.add(rounded, f.constant(ONE_BIT)));
  const isOdd = integers.shr(integers.shl(quarter, 31), 31);
  const sign = integers.shl(integers.shrUnsigned(quarter, 1), 31);
  return vector.xor(vector.select(cosine, sine, isOdd), sign);
}

/** log(1 + eˣ) without overflow: relative error 4e-7. */
export function softplus(f: FunctionBuilder, given: Vector): Vector {
  const x = f.local(given);
  const small = f.local(exp(f, vector.neg(vector.abs(x))));
  const one = f.constant(1);
  const sum = f.local(vector.add(one, small));
  // log(u + d) = log u + d / u, where d is what rounding lost of the small number in the sum u.
  const lost = vector.sub(small, vector.sub(sum, one));
  const logarithm = vector.add(log(f, sum), vector.div(lost, sum));
  return vector.add(vector.pmax(x, f.constant(0)), logarithm);
}
