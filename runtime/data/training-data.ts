// What the functions of `read-data.ts` are given and return.

import type { GraphInputs } from "../../compiler/data/graph-inputs.ts";
import type { RowOrders } from "../../compiler/data/row-order.ts";
import type { ListFormat } from "../../compiler/frontend/config/config.ts";
import type { LabelRule } from "../../compiler/frontend/config/label-rule.ts";
import type { EarlierFit } from "../../compiler/frontend/kinds/fit.ts";
import type { Fitted } from "../../compiler/frontend/model/model.ts";
import type { RowSource } from "./batches/row-source.ts";
import type { DataFingerprint } from "./data-fingerprint.ts";
import type { SharedLogs } from "./impressions/shared-logs.ts";
import type { ReadingOptions } from "./tables/reading.ts";

export type { OnePart, PartFacts } from "./examples/part-facts.ts";

export interface TrainingData<Split extends RowSource = RowSource> {
  readonly train: Split;
  readonly valid: Split | null;
  readonly test: Split | null;
  readonly fitted: Fitted;
  /**
   * By vocabulary that was learned: for each id in how many places of training rows it stands; null where
   * nobody counted.
   */
  readonly counts: ReadonlyMap<string, Float64Array> | null;
  readonly fingerprint: DataFingerprint;
  /** Makes orders of the training rows in the memory that these leave. */
  readonly orders: RowOrders;
  /** Bytes of columns that lie in files while training runs. */
  readonly onDisk: number;
}

/** The rows of a report. Without training rows nothing is said about how often they have an id. */
export interface ReportData extends Pick<TrainingData, "valid" | "test" | "fitted"> {
  readonly train: RowSource | null;
}

export interface ReadOptions extends ReadingOptions {
  /** The most rows of each split. */
  readonly limit?: number;
  /** What a trained model reads to score rows; all that is declared where it is not given. */
  readonly inputs?: GraphInputs;
  /** What an earlier training learned, which the training rows add to. */
  readonly known?: EarlierFit;
  /** Whether training rows are to be measured, too: their labels and groups are in memory then. */
  readonly measuresTrain?: boolean;
  /** Logs of impressions that other trainings on the same log read, too. */
  readonly logs?: SharedLogs;
}

/** The list format is by default as in `separatorsOf`, with the latest step last. */
export interface ReadRowsOptions extends ReadOptions, Partial<ListFormat> {
  /** `required`: a missing label column is an error. `optional`: then the labels (and groups) are empty. */
  readonly labels: "required" | "optional";
  /** Which values of a column are a label's 1. */
  readonly label?: LabelRule | undefined;
  /** Bytes, as `data.memory` of dinc.yaml. */
  readonly memory?: number;
  /** Which histories `data.impressions` made for the training. */
  readonly isMade?: ((history: string) => boolean) | undefined;
}
