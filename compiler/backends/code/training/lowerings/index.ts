// Code of all ops in a training step. An op without a line in one of these files does not compile.

import { notComputed, type SiteLowerings } from "../lowering.ts";
import { attention } from "./attention.ts";
import { elementwise } from "./elementwise.ts";
import { lookups } from "./lookups.ts";
import { partition } from "./partition.ts";
import { scan } from "./scan.ts";
import { lists, steps } from "./steps.ts";
import { widths } from "./widths.ts";

/** Values that exist before a step, or that loops sum. */
const elsewhere = {
  input: notComputed("input"),
  parameter: notComputed("parameter"),
  table: notComputed("table"),
  constant: notComputed("constant"),
  sum_rows: notComputed("sum_rows"),
  batch_mean: notComputed("batch_mean"),
  // Examples have no candidates.
  repeat_candidates: notComputed("repeat_candidates"),
  sum_candidates: notComputed("sum_candidates"),
  dots: notComputed("dots"),
} satisfies Partial<SiteLowerings>;

export const lowerings: SiteLowerings = {
  ...elsewhere,
  ...lookups,
  ...steps,
  ...lists,
  ...attention,
  ...partition,
  ...widths,
  ...elementwise,
  scan: scan(() => lowerings),
};
