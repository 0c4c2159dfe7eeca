// The definition of a kind of label: one object with all that dinc knows about it.

import type { Outcome } from "../../middle/metrics/outcome.ts";
import type { Metric } from "../../middle/metrics/registry.ts";
import type { KernelName } from "../../serve/kernels.ts";
import type { LabelType } from "../model/model.ts";

export type LabelTypeOf<K extends LabelType["kind"]> = Extract<LabelType, { readonly kind: K }>;

export interface LabelKind<T extends LabelType = LabelType> {
  /** The word that it begins with in a spec; several may share one. */
  readonly name: string;
  /** As one would write it first: `binary(soft)`. */
  readonly form: string;
  readonly doc: string;
  /** What a column of it holds, in a message: "0 or 1". */
  readonly holds: (type: T) => string;
  /**
   * The label of a row, as the loss reads it (of classes the place, from 0); null for a value that a column
   * may not have.
   */
  readonly read: (value: string | number | bigint | boolean, type: T) => number | null;
  /** Which metrics fit. */
  readonly outcome: Outcome;
  /** Where `train` names no metrics. */
  readonly metrics: readonly Metric[];
  /** What a prediction of it must be, in a message. */
  readonly predicts: (type: T) => string;
  /** The block of the standard library that is its loss; null where that is the `loss` of `train`. */
  readonly loss: string | null;
  /** Functions and blocks that are meant for `predict name(loss: …)`. */
  readonly losses: readonly string[];
  /**
   * What makes predictions of the network's numbers in generated code: a kernel of the parameters `out, x,
   * count`; null where they are that.
   */
  readonly kernel: KernelName | null;
}
