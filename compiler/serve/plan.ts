// What the tables of a generated module hold of its outputs and attentions.

import type { CandidateValues, RequestValues, Weights } from "./model/program.ts";
import type { Scores } from "./model/requests.ts";
import type { Top } from "./top.ts";

/** What is predicted of a label. */
export interface Output {
  readonly label: string;
  /** How many numbers a candidate has: one, or one for each class. */
  readonly width: number;
  /** Its numbers among scores of all labels. */
  readonly listIn: (scores: Scores) => Float32Array;
  /** Each puts one number of n candidates into the list. */
  readonly channels: readonly ((list: Float32Array, from: number, c: CandidateValues, n: number) => void)[];
  /** Makes predictions of logits, in their place. */
  readonly predict?: (logits: Float32Array, count: number) => void;
  /** The best candidates by their logits, where they may be put in an order by several labels. */
  readonly top?: (logits: Float32Array, k: number) => Top[];
  /** Whether they are probabilities of a yes, which `stats` counts. */
  readonly isCounted: boolean;
}

/** How much each step of a history mattered to each candidate. */
export interface Attention {
  readonly history: string;
  /** What attends, as the spec has it. */
  readonly code: string;
  /** Which of several heads, from 0. */
  readonly head: number;
  /**
   * Whether a step's weights are shares: none negative, 1 in sum (with the candidate itself, where it is among the steps).
   */
  readonly areShares: boolean;
  /** The place of the first step that counts, in the history as it was given. */
  readonly first: number;
  /** By candidate: a weight for each step that counts, in their order. */
  readonly weights: readonly Float32Array[];
}

/** An attention of the network, one head of it. */
export interface AttentionPlan extends Pick<Attention, "history" | "code" | "head" | "areShares"> {
  /** Put its weights where they are kept, for the candidates of a block. */
  readonly weigh: readonly ((block: AttentionBlock) => void)[];
}

/** `n` candidates from the number `from` on, and what was computed for them. */
export interface AttentionBlock {
  readonly weights: readonly Float32Array[];
  readonly from: number;
  readonly n: number;
  readonly w: Weights;
  readonly q: RequestValues;
  readonly c: CandidateValues;
}
