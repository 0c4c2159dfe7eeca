// Did you mean …? The known name nearest to a misspelt one, or none where nothing is near enough to be meant; and whether it
// is so near that the name is certainly a misspelling of it and no other word.

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
 * Whether `name` can only be `meant`, misspelt: one slip of the pen in a word that is long enough, while
 * nothing else in `candidates` is as near. Case and underscores alone are no difference. Words of a name are
 * compared one by one, as `min_price` is no misspelling of `max_price`, nor `tower_a` of `tower_b`; and what
 * is counted differently is another thing.
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

/** What is left of a name that another language writes in its own style: `BatchNorm`, `batchnorm`, `batch_norm`. */
export function lettersOf(name: string): string {
  return name.toLowerCase().replaceAll("_", "");
}

function isSlip(name: string, meant: string): boolean {
  // Whoever begins otherwise has begun another word, or has lost the sign in front of it: `-ender`.
  const isSwapped = name.charAt(0) === meant.charAt(1) && name.charAt(1) === meant.charAt(0);
  if (name.charAt(0) !== meant.charAt(0) && !isSwapped) return false;
  if (digitsOf(name) !== digitsOf(meant)) return false;
  const [words, others] = [name.split("_"), meant.split("_")];
  // An underscore too many or too few.
  if (words.length !== others.length) return meant.length >= LONG && distance(name, meant, 1) === 1;
  const different = words.flatMap((word, i) => (word === others[i] ? [] : [[word, others[i]!] as const]));
  return different.length <= 2 && different.every(([word, other]) => isSlipInWord(word, other));
}

/** One letter too many or too few, two exchanged, or another one: of short words that is a word of its own soon. */
function isSlipInWord(word: string, meant: string): boolean {
  // A key that was hit twice makes no other word, however short.
  if (
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
