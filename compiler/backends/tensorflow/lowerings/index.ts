// TensorFlow lowerings of all ops. An op without a line in one of these files does not compile.

import type { TensorflowLowerings } from "../lowering.ts";
import { attention } from "./attention.ts";
import { elementwise } from "./elementwise.ts";
import { lists } from "./lists.ts";
import { lookups } from "./lookups.ts";
import { partition } from "./partition.ts";
import { positions } from "./positions.ts";
import { rows } from "./rows.ts";
import { scan } from "./scan.ts";
import { search } from "./search.ts";
import { sources } from "./sources.ts";
import { steps } from "./steps.ts";
import { widths } from "./widths.ts";

export const lowerings: TensorflowLowerings = {
  ...sources,
  ...lookups,
  ...steps,
  ...positions,
  ...search,
  ...lists,
  ...attention,
  ...partition,
  ...rows,
  ...widths,
  ...elementwise,
  scan: scan(() => lowerings),
};
