// Metrics under resampling: the bootstrap draws whole users (units) with replacement. A resample is a weight
// for each unit, since drawing a unit twice counts its rows twice; so rows are sorted only once.

/**
 * The number of resamples computed side by side: a pass over the rows costs far more than the additions for
 * each resample.
 */
export const LANES = 8;

/** The units that are drawn. */
export interface Units {
  readonly count: number;
  /** The unit of each row, 0 … count − 1. */
  readonly of: Uint32Array;
}

/**
 * Computes the values of LANES resamples at a time. `weights[LANES * unit + lane]` is how often that resample
 * drew the unit. A value is NaN if the drawn units do not define it.
 */
export type Estimator = (weights: Uint8Array, out: Float64Array) => void;

/** For rows with NaN scores. */
export const undefinedAlways: Estimator = (_, out) => {
  out.fill(Number.NaN);
};

/** Estimates Σ numerator / Σ denominator over units: a mean over rows or over users. */
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

/** The weighted mean of a value of each row. */
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
