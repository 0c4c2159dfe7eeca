// What a transform of a number is: one object that says how it is written, what it learns from the training rows, and
// how training and generated code apply it. `registry.ts` lists them.

import type { NumberStep } from "../../runtime/serve/numbers.ts";
import type { KindReference } from "../ast/nodes.ts";
import type { NumberTransform } from "../model/model.ts";
import type { Reporter } from "../model/reporter.ts";
import type { Serve } from "./define-kind.ts";

/** Takes the numbers of the training rows, as the transforms before give them, in f64. */
export interface Learner {
  add(x: number): void;
  /** What was learned: the numbers that `step` is given. */
  finish(): readonly number[];
}

export interface TransformDefinition<T extends NumberTransform> {
  readonly keyword: T["kind"];
  /** Reads its arguments; null where something was reported. */
  readonly read: (reference: KindReference, reporter: Reporter) => T | null;
  /** Null where it learns nothing. */
  readonly learn: (() => Learner) | null;
  /** What is learned where there are no rows to learn from: of an untrained model. */
  readonly untrained: readonly number[];
  readonly step: (serve: Serve, transform: T, learned: readonly number[]) => NumberStep;
  /** What generated code takes along for it. */
  readonly carries: readonly (keyof Serve)[];
  /** The same as an expression of generated code; `learned` is one for what was learned. */
  readonly code: (transform: T, learned: string) => string;
  /** A number that it makes about `x` of. */
  readonly before: (transform: T, learned: readonly number[], x: number) => number;
}

export type TransformOf<Name extends NumberTransform["kind"]> = Extract<
  NumberTransform,
  { readonly kind: Name }
>;
