// Medians, ranges and spreads, as the pages of benchmarks and experiments show them.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** `61,000 (58,900–63,100)` */
export function shown(values, digits = 0) {
  const format = (value) =>
    value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${format(median(values))} (${format(Math.min(...values))}–${format(Math.max(...values))})`;
}

/** The ratio of two series, round by round. */
export function ratio(ours, theirs) {
  return median(ours.map((value, i) => value / theirs[i]));
}

/** `0.8123 ± 0.0021`: the mean and the standard deviation of a sample. */
export function spread(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return `${mean.toFixed(4)} ± ${Math.sqrt(squares / Math.max(1, values.length - 1)).toFixed(4)}`;
}
