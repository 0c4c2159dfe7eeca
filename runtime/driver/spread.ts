// The spread of a metric over several trainings.

/** The values of a metric in several trainings that differ only in their seeds. */
export interface SeedSpread {
  readonly mean: number;
  /** The standard deviation of one training, with n − 1; null for a single value. */
  readonly deviation: number | null;
  readonly least: number;
  readonly most: number;
  /** The trainings where the metric is defined. */
  readonly seeds: number;
}

export function spreadOf(values: readonly number[]): SeedSpread {
  const seeds = values.length;
  const { mean, squares } = meanAndSquares(values);
  return {
    mean,
    deviation: seeds < 2 ? null : Math.sqrt(squares / (seeds - 1)),
    least: Math.min(...values),
    most: Math.max(...values),
    seeds,
  };
}

/** The mean of values, and the sum of the squares of their differences from it. */
export function meanAndSquares(values: readonly number[]): {
  readonly mean: number;
  readonly squares: number;
} {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, squares: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) };
}
