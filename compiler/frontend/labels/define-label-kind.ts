// Defines a kind of label: one object with all that dinc knows about it.

import type { Outcome } from "../../middle/metrics/outcome.ts";
import type { Metric } from "../../middle/metrics/registry.ts";
import type { KernelName } from "../../serve/kernels.ts";
import type { LabelType } from "../model/model.ts";

export type LabelTypeOf<K extends LabelType["kind"]> = Extract<LabelType, { readonly kind: K }>;

export interface LabelKind<T extends LabelType = LabelType> {
  /** Its first word in a spec; several kinds may share one. */
  readonly name: string;
  /** The usual first form: `binary(soft)`. */
  readonly form: string;
  readonly doc: string;
  /** The values of its column, in messages: "0 or 1". */
  readonly holds: (type: T) => string;
  /**
   * Reads the label of a row for the loss (for classes the index, from 0); null for a value that the column
   * may not have.
   */
  readonly read: (value: string | number | bigint | boolean, type: T) => number | null;
  /** Determines which metrics fit. */
  readonly outcome: Outcome;
  /** The default if `train` names no metrics. */
  readonly metrics: readonly Metric[];
  /** The required type of its prediction, in messages. */
  readonly predicts: (type: T) => string;
  /** The block of the standard library that is its loss; null if `train` sets the loss. */
  readonly loss: string | null;
  /** Functions and blocks suited for `predict name(loss: …)`. */
  readonly losses: readonly string[];
  /**
   * The kernel that turns the network's numbers into predictions in generated code, with the parameters `out,
   * x, count`; null if they already are predictions.
   */
  readonly kernel: KernelName | null;
}
