// The types of a generated module's tables of outputs, attentions and kept values.

import type { CandidateValues, RequestValues, Weights } from "./model/program.ts";
import type { Scores } from "./model/requests.ts";
import type { Top } from "./top.ts";

/** A label's prediction, or an output of the model under its own name. */
export interface Output {
  readonly label: string;
  /** The number of values per candidate: one, or one per class. */
  readonly width: number;
  /** True if it has these values once per request. */
  readonly isOfRequest?: boolean;
  /** Its numbers among all scores. */
  readonly listIn: (scores: Scores) => Float32Array;
  /** The best candidates by their logits, if there are several labels to order by. */
  readonly top?: (logits: Float32Array, k: number) => Top[];
  /** Whether they are probabilities of a binary label, which `stats` counts. */
  readonly isCounted: boolean;
}

/** The weight of each step of a history for each candidate. */
export interface Attention {
  readonly history: string;
  /** The attention's text in the spec. */
  readonly code: string;
  /** The index of the head, from 0. */
  readonly head: number;
  /**
   * Whether a step's weights are shares: none is negative, and they sum to 1 (including the candidate itself,
   * if it is among the steps).
   */
  readonly areShares: boolean;
  /** The index of the first counted step in the given history. */
  readonly first: number;
  /** By candidate: a weight for each counted step, in order. */
  readonly weights: readonly Float32Array[];
}

/** An attention of the network, one head of it. */
export interface AttentionPlan extends Pick<Attention, "history" | "code" | "head" | "areShares"> {
  /** Write its weights for the candidates of a block. */
  readonly weigh: readonly ((block: AttentionBlock) => void)[];
}

/** `n` candidates from index `from` on, and their computed values. */
export interface AttentionBlock {
  readonly weights: readonly Float32Array[];
  readonly from: number;
  readonly n: number;
  readonly w: Weights;
  readonly q: RequestValues;
  readonly c: CandidateValues;
}

/** A buffer, and the numbers of each of its rows or all of its numbers. */
export type SizedBuffer = readonly [buffer: Float32Array | Int32Array, numbers: number];

/** The values of the sets of a request or of steps, one set after the other. */
export interface KeptSets {
  /** The ids of values and, if they have them, their weights. */
  values(q: RequestValues): readonly (Float32Array | Int32Array)[];
  /** The row of each value. */
  rows(q: RequestValues): Int32Array;
  count(q: RequestValues): number;
  setCount(q: RequestValues, count: number): void;
}

/** A history to which events add steps. */
export interface KeptHistory {
  readonly name: string;
  readonly max: number;
  steps(q: RequestValues): number;
  setSteps(q: RequestValues, steps: number): void;
  /** Values read from its steps, and values computed from each step alone, by widths of rows. */
  inputs(q: RequestValues): readonly SizedBuffer[];
  moved(q: RequestValues): readonly SizedBuffer[];
  readonly sets: readonly KeptSets[];
  /** Times of its steps in days and seconds, and the name of the field. */
  time?(q: RequestValues): readonly [times: Float32Array, name: string];
  /** Computes values for the steps `from` on; recurrences and causal attention for those `since` on. */
  append(w: Weights, q: RequestValues, from: number, since: number): void;
}

export interface KeptValues {
  readonly histories: readonly KeptHistory[];
  /** Values read from the user and the context. */
  once(q: RequestValues): readonly SizedBuffer[];
  readonly sets: readonly KeptSets[];
  /** Computed values that later events or candidates read, by numbers. */
  computed(q: RequestValues): readonly SizedBuffer[];
}
