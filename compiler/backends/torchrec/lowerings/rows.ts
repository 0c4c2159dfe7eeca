// How PyTorch computes over all rows of a batch.

import type { TorchLowerings } from "../lowering.ts";
import { binding, call, infix } from "../python.ts";

export const rows = {
  batch_mean: (emit, [x, moving]) => call(emit.function("layers", "batch_mean"), x!, moving!, emit.training),
  sum_rows: "of gradients",
  count_rows: "of gradients",
  broadcast_like: (_emit, [x, like]) => infix(call("torch.zeros_like", like!.piece), "+", x!, binding.sum),
  repeat_candidates: "of ranking",
  sum_candidates: "of ranking",
  dots: "of ranking",
} satisfies Partial<TorchLowerings>;
