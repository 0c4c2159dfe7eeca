// PyTorch lowerings of all ops that a forward Graph may have. An op without a line in one of these files does
// not compile.

import type { TorchLowerings } from "../lowering.ts";
import { attention } from "./attention.ts";
import { elementwise } from "./elementwise.ts";
import { lists } from "./lists.ts";
import { lookups } from "./lookups.ts";
import { rows } from "./rows.ts";
import { steps } from "./steps.ts";
import { widths } from "./widths.ts";

export const lowerings: TorchLowerings = {
  input: "given",
  parameter: "given",
  table: "given",
  constant: "given",
  ...lookups,
  ...steps,
  ...lists,
  ...attention,
  ...rows,
  ...widths,
  ...elementwise,
};
