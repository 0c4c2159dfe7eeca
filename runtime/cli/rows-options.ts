// What `dinc predict` and `dinc eval` have in common.

import type { RowsOptions } from "../driver/rows.ts";

export type RowsCommandOptions = Omit<RowsOptions, "config" | "signal" | "onEvent"> & {
  readonly config?: string;
};
