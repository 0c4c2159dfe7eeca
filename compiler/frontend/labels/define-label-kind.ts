// The definition of a kind of label: one object with all that dinc knows about it.

import type { KernelName } from "../../../runtime/serve/kernels.ts";

export interface LabelKind {
  /** As a spec has it. */
  readonly name: string;
  readonly doc: string;
  /** What a column of it holds, in a message: "0 or 1". */
  readonly holds: string;
  /** The label of a row, as the loss reads it; null for a value that a column may not have. */
  readonly read: (value: string | number | bigint | boolean) => number | null;
  /** What makes predictions of the network's logits in generated code: a kernel of the parameters `out, x, count`. */
  readonly kernel: KernelName;
}
