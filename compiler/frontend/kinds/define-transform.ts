// The definitions of a transform of a number and of a binning: one object each with its syntax, the values
// that it learns from the training rows, and its computation in training and in generated code.
// `transforms.ts` lists them.

import type { NumberStep } from "../../serve/numbers.ts";
import type { Binning, NumberTransform } from "../model/model.ts";
import type { KindReference } from "../syntax/nodes.ts";
import type { Reporter } from "../syntax/reporter.ts";
import type { EmittedValue } from "./made.ts";
import type { Serve } from "./serve.ts";

/** Takes the numbers of the training rows, after the earlier transforms, in f64. */
export interface Learner {
  /** Adds `x`, which `times` training rows have. */
  add(x: number, times: number): void;
  /** Returns the learned numbers, which `step` gets. */
  finish(): readonly number[];
}

/** The least and the largest possible number. */
export type NumberInterval = readonly [low: number, high: number];

interface Piped<T extends NumberTransform | Binning> {
  readonly keyword: T["kind"];
  /** The usual first form: `clip(0, 100)`. */
  readonly form: string;
  /** Markdown: the result for a number x. */
  readonly doc: string;
  /** Reads its arguments; returns null if a mistake was reported. */
  readonly read: (reference: KindReference, reporter: Reporter) => T | null;
  /** Null if it learns nothing. */
  readonly learn: ((transform: T) => Learner) | null;
  /** The learned numbers of an untrained model, which has no rows. */
  readonly untrained: (transform: T) => readonly number[];
}

export interface TransformDefinition<T extends NumberTransform> extends Piped<T> {
  readonly step: (serve: Serve, transform: T, learned: readonly number[]) => NumberStep;
  /** The step in generated code; `place` is its index in the pipe. */
  readonly code: (transform: T, place: number) => EmittedValue;
  /** The range of its results for the training rows. */
  readonly range: (transform: T, before: NumberInterval) => NumberInterval;
  /** A number whose transform is about `x`. */
  readonly before: (transform: T, learned: readonly number[], x: number) => number;
}

export interface BinningDefinition<B extends Binning> extends Piped<B> {
  /** The largest possible number of buckets. */
  readonly size: (binning: B) => number;
  /** Ascending. */
  readonly bounds: (binning: B, learned: readonly number[]) => readonly number[];
  /** The bounds in generated code; `place` is the index in the pipe. */
  readonly code: (binning: B, place: number) => EmittedValue;
}

export type TransformOf<Name extends NumberTransform["kind"]> = Extract<
  NumberTransform,
  { readonly kind: Name }
>;

export type BinningOf<Name extends Binning["kind"]> = Extract<Binning, { readonly kind: Name }>;
