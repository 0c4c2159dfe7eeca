// Axes derived from a history's axis: `clicks + 1` has one step more in each row, `clicks - 1` one less if
// there is one. They are used like the history's own axis; only code that counts steps must know the shift.

/** The axis with `by` more steps, or fewer if it is negative. */
export function shiftedAxis(axis: string, by: number): string {
  const { history, shift } = historyOf(axis);
  const total = shift + by;
  if (total === 0) return history;
  return `${history} ${total < 0 ? "-" : "+"} ${Math.abs(total)}`;
}

/** The history of an axis, and the number of steps that the axis has more. */
export function historyOf(axis: string): { readonly history: string; readonly shift: number } {
  const [history, sign, steps] = axis.split(" ") as [string, string?, string?];
  return { history, shift: steps === undefined ? 0 : Number(`${sign}${steps}`) };
}

/** The number of steps in a row whose history has `steps`. */
export function shiftedLength(steps: number, shift: number): number {
  return Math.max(0, steps + shift);
}

/**
 * The row of each step of the shifted axis, from the rows of the history's steps (ascending, below `rows`).
 */
export function shiftedSegments(segments: Int32Array, rows: number, shift: number): Int32Array {
  if (shift === 0) return segments;
  const lengths = new Int32Array(rows);
  for (const row of segments) lengths[row]!++;
  let steps = 0;
  for (let row = 0; row < rows; row++) steps += lengths[row] = shiftedLength(lengths[row]!, shift);
  const shifted = new Int32Array(steps);
  for (let row = 0, at = 0; row < rows; row++) shifted.fill(row, at, (at += lengths[row]!));
  return shifted;
}
