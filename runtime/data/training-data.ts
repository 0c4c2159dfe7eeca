// The parameters and results of the functions in `read-data.ts`.

import type { GraphInputs } from "../../compiler/data/graph-inputs.ts";
import type { RowOrders } from "../../compiler/data/row-order.ts";
import type { ListFormat } from "../../compiler/frontend/config/config.ts";
import type { LabelRule } from "../../compiler/frontend/config/label-rule.ts";
import type { EarlierFit } from "../../compiler/frontend/kinds/fit.ts";
import type { Fitted } from "../../compiler/frontend/model/model.ts";
import type { RowSource } from "./batches/row-source.ts";
import type { DataFingerprint } from "./data-fingerprint.ts";
import type { SharedLogs } from "./shared-logs.ts";
import type { CarriedColumns } from "./tables/carried-columns.ts";
import type { ReadingOptions } from "./tables/reading.ts";

export type { OnePart, PartFacts } from "./examples/part-facts.ts";

export interface TrainingData<Split extends RowSource = RowSource> {
  readonly train: Split;
  readonly valid: Split | null;
  readonly test: Split | null;
  readonly fitted: Fitted;
  /**
   * By fitted vocabulary: for each id, its number of occurrences in training rows; null if they were not
   * counted.
   */
  readonly counts: ReadonlyMap<string, Float64Array> | null;
  readonly fingerprint: DataFingerprint;
  /** Makes orders of the training rows in the memory that remains. */
  readonly orders: RowOrders;
  /** The bytes of columns in files during the training. */
  readonly onDisk: number;
}

/** The rows of a report. Without training rows, it shows no frequencies of ids. */
export interface ReportData extends Pick<TrainingData, "valid" | "test" | "fitted"> {
  readonly train: RowSource | null;
}

export interface ReadOptions extends ReadingOptions {
  /** The most rows of each split. */
  readonly limit?: number;
  /** The inputs that a trained model needs to score rows; by default all declared ones. */
  readonly inputs?: GraphInputs;
  /** The fitted values of an earlier training, which the training rows extend. */
  readonly known?: EarlierFit;
  /** Whether training rows are measured too: their labels and groups are then in memory. */
  readonly measuresTrain?: boolean;
  /** The columns whose cells `readSplit` collects for the rows of the split. */
  readonly carried?: CarriedColumns | null;
  /** The logs of impressions, shared with other trainings on the same log. */
  readonly logs?: SharedLogs;
}

/** The default list format is that of `separatorsOf`, with the latest step last. */
export interface ReadRowsOptions extends ReadOptions, Partial<ListFormat> {
  /** `required`: a missing label column is an error. `optional`: then the labels (and groups) are empty. */
  readonly labels: "required" | "optional";
  /** The values of a column that mean label 1. */
  readonly label?: LabelRule | undefined;
  /** Bytes, as `data.memory` of dinc.yaml. */
  readonly memory?: number;
  /** The histories that `data.impressions` made for the training. */
  readonly isMade?: ((history: string) => boolean) | undefined;
}
