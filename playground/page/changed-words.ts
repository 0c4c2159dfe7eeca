// Names the difference between two texts in few words, as the name of a try.

/** The most characters of the old and of the new words. */
const LONGEST = 50;

/** `epochs 3 → epochs 2` for a change in one line; the number of lines for others; null for the same text. */
export function changedWords(before: string, after: string): string | null {
  const lines = changed(before.split("\n"), after.split("\n"));
  if (lines.before.length === 0 && lines.after.length === 0) return null;
  if (lines.before.length > 1 || lines.after.length > 1)
    return `${Math.max(lines.before.length, lines.after.length)} lines`;
  const wordsOf = (line = "") => line.split(/\s+/).filter((word) => word !== "");
  const words = changed(wordsOf(lines.before[0]), wordsOf(lines.after[0]));
  // The word before a value says what it is.
  const name = /^\w/.test(words.previous ?? "") ? `${words.previous} ` : "";
  const part = (all: readonly string[]) => (all.length === 0 ? "nothing" : cut(name + all.join(" ")));
  return `${part(words.before)} → ${part(words.after)}`;
}

/** The parts between the common beginning and the common end, and the last element of that beginning. */
function changed<T>(a: readonly T[], b: readonly T[]) {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  return {
    previous: a[start - 1],
    before: a.slice(start, a.length - end),
    after: b.slice(start, b.length - end),
  };
}

function cut(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}
