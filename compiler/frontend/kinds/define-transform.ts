// The definitions of a transform of a number and of a binning: one object each with its syntax, the values it
// learns from the training rows, and its computation in training and in generated code. `transforms.ts` lists
// them.

import type { NumberStep } from "../../serve/numbers.ts";
import type { Binning, NumberTransform } from "../model/model.ts";
import type { KindReference } from "../syntax/nodes.ts";
import type { Reporter } from "../syntax/reporter.ts";
import type { EmittedValue } from "./made.ts";
import type { Serve } from "./serve.ts";

/** Takes the numbers of the training rows, as the transforms before give them, in f64. */
export interface Learner {
  /** `x`, which `times` training rows have. */
  add(x: number, times: number): void;
  /** What was learned: the numbers that `step` is given. */
  finish(): readonly number[];
}

/** The least and the largest number possible. */
export type NumberInterval = readonly [low: number, high: number];

interface Piped<T extends NumberTransform | Binning> {
  readonly keyword: T["kind"];
  /** As one would write it first: `clip(0, 100)`. */
  readonly form: string;
  /** Markdown: what it makes of a number x. */
  readonly doc: string;
  /** Reads its arguments; null where something was reported. */
  readonly read: (reference: KindReference, reporter: Reporter) => T | null;
  /** Null where it learns nothing. */
  readonly learn: ((transform: T) => Learner) | null;
  /** What is learned where there are no rows to learn from: of an untrained model. */
  readonly untrained: (transform: T) => readonly number[];
}

export interface TransformDefinition<T extends NumberTransform> extends Piped<T> {
  readonly step: (serve: Serve, transform: T, learned: readonly number[]) => NumberStep;
  /** What makes the step in generated code; `place` is its own in the pipe. */
  readonly code: (transform: T, place: number) => EmittedValue;
  /** What it makes of the training rows' numbers. */
  readonly range: (transform: T, before: NumberInterval) => NumberInterval;
  /** A number that it makes about `x` of. */
  readonly before: (transform: T, learned: readonly number[], x: number) => number;
}

export interface BinningDefinition<B extends Binning> extends Piped<B> {
  /** How many buckets there are at most. */
  readonly size: (binning: B) => number;
  /** Ascending. */
  readonly bounds: (binning: B, learned: readonly number[]) => readonly number[];
  /** The bounds in generated code; `place` is that in the pipe. */
  readonly code: (binning: B, place: number) => EmittedValue;
}

export type TransformOf<Name extends NumberTransform["kind"]> = Extract<
  NumberTransform,
  { readonly kind: Name }
>;

export type BinningOf<Name extends Binning["kind"]> = Extract<Binning, { readonly kind: Name }>;
