// What rows that the page makes by itself are.

import type { ShownCell } from "./messages.ts";

/** Rows that the page makes, all with the same columns. */
export interface RowsOfPage {
  /** After their number: "40,000 simulated impressions". */
  readonly name: string;
  readonly columns: readonly string[];
  /** `label` is the one whose best AUC is told. */
  readonly made: (seed: number, label: string) => PageData;
}

export interface PageData {
  readonly train: readonly Row[];
  readonly test: readonly Row[];
  /** What the true chances of the label reach on the test rows; null where nobody knows them. */
  readonly best: { readonly auc: number; readonly logLoss: number } | null;
}

type Row = Readonly<Record<string, ShownCell>>;
