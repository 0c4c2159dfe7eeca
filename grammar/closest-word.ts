// Finds the known name nearest to a misspelt one, or none if nothing is near enough; and decides whether it
// is so near that the name is certainly a misspelling of it.

/**
 * The time to compare two names grows with the product of their lengths, and nobody misspells names this
 * long.
 */
const LONGEST = 200;

/**
 * The best of `candidates`, or null. Case does not matter, and swapping two neighbouring letters is one
 * mistake. If none is near, a candidate that continues `name`, or is its beginning, is taken: `Vector` for
 * `Vec`.
 */
export function suggest(name: string, candidates: Iterable<string>): string | null {
  const written = name.toLowerCase();
  // One mistake in three letters is allowed; a name of one letter may mean anything.
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
 * Tells whether `name` can only be a misspelling of `meant`: one typo in a long enough word, while no other
 * candidate is as near. Case and underscores do not count as differences. Words of a name are compared one by
 * one, because `min_price` is not a misspelling of `max_price`, nor `tower_a` of `tower_b`. Names with
 * different numbers mean different things.
 */
export function isMisspelling(name: string, meant: string, candidates: Iterable<string>): boolean {
  const sameLetters = lettersOf(name) === lettersOf(meant);
  if (!sameLetters && !isSlip(name.toLowerCase(), meant.toLowerCase())) return false;
  const slips = (known: string) => distance(name.toLowerCase(), known.toLowerCase(), MOST_SLIPS);
  const isAsNear = (known: string) =>
    sameLetters ? lettersOf(name) === lettersOf(known) : slips(known) <= slips(meant);
  for (const other of candidates) if (other !== meant && other !== name && isAsNear(other)) return false;
  return true;
}

/** The letters of a name, to match the styles of other languages: `BatchNorm`, `batchnorm`, `batch_norm`. */
export function lettersOf(name: string): string {
  return name.toLowerCase().replaceAll("_", "");
}

function isSlip(name: string, meant: string): boolean {
  // A different first letter means another word, or a sign lost before it: `-ender`.
  const isSwapped = name.charAt(0) === meant.charAt(1) && name.charAt(1) === meant.charAt(0);
  if (name.charAt(0) !== meant.charAt(0) && !isSwapped) return false;
  if (digitsOf(name) !== digitsOf(meant)) return false;
  const [words, others] = [name.split("_"), meant.split("_")];
  // One underscore too many or too few.
  if (words.length !== others.length) return meant.length >= LONG && distance(name, meant, 1) === 1;
  const different = words.flatMap((word, i) => (word === others[i] ? [] : [[word, others[i]!] as const]));
  return different.length <= 2 && different.every(([word, other]) => isSlipInWord(word, other));
}

/**
 * One letter too many or too few, two exchanged, or one replaced. In short words this may give another word.
 */
function isSlipInWord(word: string, meant: string): boolean {
  // A doubled letter never gives another word, however short. A word of one letter may be two names in a row.
  if (
    meant.length > 1 &&
    word.length === meant.length + 1 &&
    [...word].some((letter, i) => letter === word[i + 1] && cut(word, i) === meant)
  )
    return true;
  if (distance(word, meant, 1) > 1) return word.length >= VERY_LONG && distance(word, meant, 2) === 2;
  const isOtherLetter = word.length === meant.length && [...word].sort().join() !== [...meant].sort().join();
  return Math.max(word.length, meant.length) >= (isOtherLetter ? LONG : LONG - 1);
}

function cut(word: string, at: number): string {
  return word.slice(0, at) + word.slice(at + 1);
}

const MOST_SLIPS = 3;
const LONG = 5;
const VERY_LONG = 10;

function digitsOf(name: string): string {
  return name.replace(/\D/g, "");
}

/**
 * Restricted Damerau-Levenshtein distance (optimal string alignment): insertions, deletions, replacements and
 * swaps of neighbours, no part edited twice. Returns `limit + 1` as soon as the distance must exceed `limit`.
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
    // Only a swap, which starts from the previous row, can make a later row smaller than this one.
    if (Math.min(...row) > limit && Math.min(...last) > limit) return limit + 1;
    beforeLast = last;
    last = row;
  }
  return Math.min(last[b.length]!, limit + 1);
}
