// Axes that follow from a history's: `clicks + 1` has one step more in each row, `clicks - 1` one less where there is one.
// Their names are used wherever a history's is: only who counts steps need know what they mean.

/** The axis `by` steps longer (shorter where negative). */
export function shiftedAxis(axis: string, by: number): string {
  const { history, shift } = historyOf(axis);
  const total = shift + by;
  if (total === 0) return history;
  return `${history} ${total < 0 ? "-" : "+"} ${Math.abs(total)}`;
}

/** The history that an axis follows from, and by how many steps it is longer. */
export function historyOf(axis: string): { readonly history: string; readonly shift: number } {
  const [history, sign, steps] = axis.split(" ") as [string, string?, string?];
  return { history, shift: steps === undefined ? 0 : Number(`${sign}${steps}`) };
}

/** How many steps a row has, its history having `steps`. */
export function shiftedLength(steps: number, shift: number): number {
  return Math.max(0, steps + shift);
}

/** The row of each step, from those of the history's own steps (ascending, of `rows` rows). */
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
