// The scores that the outputs of a network become.

import type { Scores } from "./model/requests.ts";
import { OUTPUTS } from "./model/tables.ts";

/** Room for the scores of `count` candidates. */
export function newScores(count: number): Scores {
  const lists = OUTPUTS.map(
    ({ label, channels }) => [label, new Float32Array(count * channels.length)] as const,
  );
  const scores: unknown = lists.length === 1 ? lists[0]![1] : Object.fromEntries(lists);
  return scores as Scores;
}

/** The scores of one label. */
export function scoresOf(scores: unknown, label: string): Float32Array {
  const lists = scores as Readonly<Record<string, Float32Array>>;
  return OUTPUTS.length === 1 ? (scores as Float32Array) : lists[label]!;
}
