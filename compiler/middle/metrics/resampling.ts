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
  /** Estimates an AUC faster than `exact`, with the same values; absent if nothing here does. */
  readonly fasterAuc?: (ranked: RankedUnits, units: number, exact: Estimator) => Estimator;
}

/** Gives units a faster way to an AUC. */
export type Accelerate = <U extends Units>(units: U) => U;

/** Rows sorted by score, contiguous in memory, and without the scores. */
export interface RankedUnits {
  /** The unit of each row, by rank, lowest score first. */
  readonly unitAt: Uint32Array;
  /** 1 for a click. */
  readonly clickAt: Uint8Array;
  /** 1 if the next row has a different score. */
  readonly endAt: Uint8Array;
  /** The weights of the rows; null if each counts once. */
  readonly weightAt: Float32Array | null;
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
    // Half of the lanes at a time, because variables stay in registers, and arrays don't.
    for (let first = 0; first < LANES; first += LANES / 2) {
      let [above0, above1, above2, above3] = [0, 0, 0, 0];
      let [below0, below1, below2, below3] = [0, 0, 0, 0];
      for (let unit = 0, at = first; unit < numerators.length; unit++, at += LANES) {
        const numerator = numerators[unit]!;
        const denominator = denominators[unit]!;
        const [weight0, weight1] = [weights[at]!, weights[at + 1]!];
        const [weight2, weight3] = [weights[at + 2]!, weights[at + 3]!];
        above0 += weight0 * numerator;
        below0 += weight0 * denominator;
        above1 += weight1 * numerator;
        below1 += weight1 * denominator;
        above2 += weight2 * numerator;
        below2 += weight2 * denominator;
        above3 += weight3 * numerator;
        below3 += weight3 * denominator;
      }
      out.set([above0 / below0, above1 / below1, above2 / below2, above3 / below3], first);
    }
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
