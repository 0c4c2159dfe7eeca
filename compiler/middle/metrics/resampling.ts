// A metric when whole users (units) are drawn with replacement: what the bootstrap asks again and again. Drawing a unit
// twice counts its rows twice, so that nothing is sorted anew: a resample is a weight for each unit.

/** Resamples computed side by side: a pass over the rows costs far more than the few additions for each of them. */
export const LANES = 8;

/** Who is drawn. */
export interface Units {
  readonly count: number;
  /** Of each row: its unit, 0 … count − 1. */
  readonly of: Uint32Array;
}

/**
 * Values of LANES resamples at a time. `weights[LANES * unit + lane]` is how often that resample drew the unit; a value
 * is NaN where what was drawn does not define one.
 */
export type Estimator = (weights: Uint8Array, out: Float64Array) => void;

/** Of rows of which some score is no number. */
export const undefinedAlways: Estimator = (_, out) => {
  out.fill(Number.NaN);
};

/** The value is Σ numerator / Σ denominator over units: a mean over rows or over users. */
export function ratio(numerators: Float64Array, denominators: Float64Array): Estimator {
  return (weights, out) => {
    const above = new Float64Array(LANES);
    const below = new Float64Array(LANES);
    for (let unit = 0, at = 0; unit < numerators.length; unit++) {
      const numerator = numerators[unit]!;
      const denominator = denominators[unit]!;
      for (let lane = 0; lane < LANES; lane++, at++) {
        const weight = weights[at]!;
        above[lane]! += weight * numerator;
        below[lane]! += weight * denominator;
      }
    }
    for (let lane = 0; lane < LANES; lane++) out[lane] = above[lane]! / below[lane]!;
  };
}

/** The mean of a value that each row has, over so many rows as each counts as. */
export function meanOfRows(
  valueAt: (row: number) => number,
  weightOf: (row: number) => number,
): (units: Units) => Estimator {
  return ({ count, of }) => {
    const sums = new Float64Array(count);
    const rows = new Float64Array(count);
    for (let row = 0; row < of.length; row++) {
      sums[of[row]!]! += weightOf(row) * valueAt(row);
      rows[of[row]!]! += weightOf(row);
    }
    return ratio(sums, rows);
  };
}
