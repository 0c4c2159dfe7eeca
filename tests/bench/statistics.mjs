// Medians and ranges, as the benchmark pages show them.

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
