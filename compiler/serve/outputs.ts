// The outputs of a network as a table, and the scores that they become.

import type { CandidateValues } from "./model/program.ts";
import type { Scores } from "./model/requests.ts";
import { OUTPUTS } from "./model/tables.ts";
import type { Top } from "./top.ts";

/** What is predicted of a label. */
export interface Output {
  readonly label: string;
  /** One, or one for each class. */
  readonly channels: readonly Channel[];
  /** Makes predictions of logits, in their place. */
  readonly predict?: (logits: Float32Array, count: number) => void;
  /** The best candidates by their logits; classes without numbers have none. */
  readonly top?: (logits: Float32Array, k: number) => Top[];
  /** Whether they are probabilities of a yes, which `stats` counts. */
  readonly isCounted: boolean;
}

interface Channel {
  readonly of: (c: CandidateValues) => Float32Array;
  /** False where all candidates share one. */
  readonly isByCandidate: boolean;
}

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
