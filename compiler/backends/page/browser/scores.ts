// Reads the answer of a generated module: one score for each candidate, and what each click adds to it.

/** With several labels, one list for each. */
export type RankerAnswer = ArrayLike<number> | Readonly<Record<string, ArrayLike<number>>>;

/**
 * The scores of the first label. For classes that are whole numbers from `low` on, a score is their mean; for other classes, the
 * probability of the last one.
 */
export function firstScores(answer: RankerAnswer, candidates: number, low: number | null): readonly number[] {
  const [first = []] = isList(answer) ? [answer] : Object.values(answer);
  const classes = first.length / candidates;
  if (classes <= 1) return Array.from(first);
  return Array.from({ length: candidates }, (_, candidate) => {
    const chances = Array.from({ length: classes }, (_, i) => first[candidate * classes + i]!);
    return low === null ? chances.at(-1)! : chances.reduce((sum, chance, i) => sum + chance * (low + i), 0);
  });
}

/** By candidate: a click adds the difference to the score of the history without it. */
export function contributionsTo<Step>(
  scores: readonly number[],
  history: readonly Step[],
  scored: (past: readonly Step[]) => readonly number[],
): readonly (readonly number[])[] {
  const without = history.map((_, i) => scored(history.filter((_, other) => other !== i)));
  return scores.map((score, candidate) => without.map((each) => score - (each[candidate] ?? 0)));
}

function isList(answer: RankerAnswer): answer is ArrayLike<number> {
  return typeof answer["length"] === "number";
}
