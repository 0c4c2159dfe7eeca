// Finds the differences between two lists of lines.

/** Above this number of pairs of lines, all lines between a common beginning and end count as replaced. */
const MOST_PAIRS = 4_000_000;

/** A line of both lists, of the first only, or of the second only. */
export type ChangedLine = readonly [sign: " " | "-" | "+", text: string];

/** The smallest difference in lines. */
export function changedLines(a: readonly string[], b: readonly string[]): readonly ChangedLine[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const kept = (lines: readonly string[]) => lines.map((text): ChangedLine => [" ", text]);
  return [
    ...kept(a.slice(0, start)),
    ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...kept(a.slice(a.length - end)),
  ];
}

function middle(a: readonly string[], b: readonly string[]): ChangedLine[] {
  const width = b.length + 1;
  if ((a.length + 1) * width > MOST_PAIRS)
    return [...a.map((text): ChangedLine => ["-", text]), ...b.map((text): ChangedLine => ["+", text])];
  // common[i, j] is the length of the longest common subsequence of a from i on and b from j on.
  const common = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] =
        a[i] === b[j]
          ? common[(i + 1) * width + j + 1]! + 1
          : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
  const lines: ChangedLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push([" ", a[i]!]);
      [i, j] = [i + 1, j + 1];
    } else if (j === b.length || (i < a.length && common[(i + 1) * width + j]! >= common[i * width + j + 1]!))
      lines.push(["-", a[i++]!]);
    else lines.push(["+", b[j++]!]);
  }
  return lines;
}
