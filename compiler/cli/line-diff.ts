// What changed between two texts, as `diff -u` shows it.

/** Lines around a change. */
const CONTEXT = 3;
/** Beyond so many pairs of lines, what lies between a common beginning and end counts as replaced. */
const MOST_PAIRS = 4_000_000;

type Line = readonly [sign: " " | "-" | "+", text: string];

/** Empty where the texts are equal; otherwise it ends with a line break. */
export function unifiedDiff(names: readonly [a: string, b: string], a: string, b: string): string {
  if (a === b) return "";
  const lines = changes(linesOf(a), linesOf(b));
  const hunks = hunksOf(lines).map(([from, to]) => hunkText(lines, from, to));
  return `--- ${names[0]}\n+++ ${names[1]}\n${hunks.join("")}`;
}

function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  else lines[lines.length - 1] += " (no line break at the end)";
  return lines;
}

/** The fewest lines to take out and put in. */
function changes(a: readonly string[], b: readonly string[]): Line[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const kept = (lines: readonly string[]) => lines.map((text): Line => [" ", text]);
  return [
    ...kept(a.slice(0, start)),
    ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...kept(a.slice(a.length - end)),
  ];
}

function middle(a: readonly string[], b: readonly string[]): Line[] {
  const width = b.length + 1;
  if ((a.length + 1) * width > MOST_PAIRS)
    return [...a.map((text): Line => ["-", text]), ...b.map((text): Line => ["+", text])];
  // common[i, j] is the length of the longest common subsequence of a from i on and b from j on.
  const common = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] =
        a[i] === b[j]
          ? common[(i + 1) * width + j + 1]! + 1
          : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
  const lines: Line[] = [];
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

/** Ranges of lines that hold all changes with their context. */
function hunksOf(lines: readonly Line[]): [from: number, to: number][] {
  const hunks: [number, number][] = [];
  lines.forEach(([sign], i) => {
    if (sign === " ") return;
    const [from, to] = [Math.max(0, i - CONTEXT), Math.min(lines.length, i + CONTEXT + 1)];
    const last = hunks.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = to;
    else hunks.push([from, to]);
  });
  return hunks;
}

function hunkText(lines: readonly Line[], from: number, to: number): string {
  const count = (part: readonly Line[], without: "-" | "+") =>
    part.filter(([sign]) => sign !== without).length;
  const range = (without: "-" | "+") => {
    const length = count(lines.slice(from, to), without);
    const before = count(lines.slice(0, from), without);
    return `${length === 0 ? before : before + 1},${length}`;
  };
  const shown = lines.slice(from, to).map(([sign, text]) => `${sign}${text}\n`);
  return `@@ -${range("+")} +${range("-")} @@\n${shown.join("")}`;
}
