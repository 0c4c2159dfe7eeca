// Options that `dinc predict` and `dinc eval` share.

import type { RowsOptions } from "../driver/rows.ts";

export type RowsCommandOptions = Omit<RowsOptions, "config" | "signal" | "onEvent"> & {
  readonly config?: string;
};
