// The types of rows that the page makes itself.

import type { ItemTitles, ShownCell } from "./messages.ts";

/** Rows that the page makes, all with the same columns. */
export interface RowsOfPage {
  /** Follows the number of rows: "40,000 simulated impressions". */
  readonly name: string;
  readonly columns: readonly string[];
  readonly titles?: ItemTitles;
  /** `label` is the label for `best`. */
  readonly made: (seed: number, label: string) => PageData;
}

export interface PageData {
  readonly train: readonly Row[];
  readonly test: readonly Row[];
  /** The metrics of the label's true probabilities on the test rows; null if they are unknown. */
  readonly best: { readonly auc: number; readonly logLoss: number } | null;
}

export type Row = Readonly<Record<string, ShownCell>>;
