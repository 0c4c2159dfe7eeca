// Did you mean …? The known name nearest to a misspelt one, or none where nothing is near enough to be meant.

/** Comparing two names takes time in proportion to the product of their lengths, and nobody misspells so long a one. */
const LONGEST = 200;

/**
 * The best of `candidates`, or null. Case does not count; a swap of neighbours is one mistake. Where none is near, one
 * that goes on where `name` ends, or the other way round, is taken: `Vector` for `Vec`.
 */
export function suggest(name: string, candidates: Iterable<string>): string | null {
  const written = name.toLowerCase();
  // One mistake in three letters; a name of one letter may mean anything.
  const limit = written.length < 2 ? 0 : Math.min(3, Math.max(1, Math.floor(written.length / 3)));
  if (written.length > LONGEST) return null;
  let best: string | null = null;
  let shortened: string | null = null;
  let fewest = limit + 1;
  for (const candidate of candidates) {
    if (candidate === name) continue;
    const known = candidate.toLowerCase();
    if (known.startsWith(written) || written.startsWith(known)) {
      if (Math.min(known.length, written.length) >= 3) shortened ??= candidate;
    }
    const mistakes = distance(written, known, fewest - 1);
    if (mistakes < fewest) {
      best = candidate;
      fewest = mistakes;
    }
  }
  return best ?? shortened;
}

/**
 * Restricted Damerau-Levenshtein distance (optimal string alignment): insertions, deletions, replacements and swaps
 * of neighbours, no part edited twice. Gives `limit + 1` as soon as the distance must be above `limit`.
 */
export function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(replaced, last[j]! + 1, row[j - 1]! + 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, beforeLast[j - 2]! + 1);
      row.push(cost);
    }
    // A later row can undercut this one by a swap only, which starts from the row before.
    if (Math.min(...row) > limit && Math.min(...last) > limit) return limit + 1;
    beforeLast = last;
    last = row;
  }
  return Math.min(last[b.length]!, limit + 1);
}
