// What reading data gives. The functions that read are in `read-data.ts`:
//   readTraining(model, config.data, options): Promise<TrainingData>
//   readSplit(model, fitted, config.data, "train" | "valid" | "test", options): Promise<Dataset | null>
//   readRows(model, fitted, path, options): Promise<Dataset>
// All throw DiagnosticError for what is wrong with the data. Batches are in `batches.ts` and `prefetch.ts`.

import type { Fitted } from "../../compiler/model/model.ts";
import type { DataFingerprint } from "../run/run-folder.ts";
import type { Dataset } from "./dataset.ts";

export interface TrainingData {
  readonly train: Dataset;
  readonly valid: Dataset | null;
  readonly test: Dataset | null;
  readonly fitted: Fitted;
  readonly fingerprint: DataFingerprint;
}

export interface ReadOptions {
  /** Called with a line for the person now and then. */
  readonly report?: (line: string) => void;
  /** At most so many rows of each split. */
  readonly limit?: number;
}

/** What stands between the parts of a text in a column of a CSV. */
export interface Separators {
  /** The steps of a history, the values of a set. */
  readonly separator: string;
  /** The values of a set that a step of a history has. */
  readonly innerSeparator: string;
}

/** What is not said is `|`, and inside it `;`; where that is taken, the other of the two. */
export function separatorsOf(separator = "|", innerSeparator = separator === ";" ? "|" : ";"): Separators {
  return { separator, innerSeparator };
}

export interface ReadRowsOptions extends ReadOptions, Partial<Separators> {
  /** `required`: a missing label column is an error. `optional`: then the labels (and groups) are empty. */
  readonly labels: "required" | "optional";
}
