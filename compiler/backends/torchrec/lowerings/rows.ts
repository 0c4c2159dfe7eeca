// PyTorch lowerings of ops over all rows of a batch.

import { USUAL_MOMENTUM } from "../../../middle/programs/moving-averages.ts";
import type { TorchLowerings } from "../lowering.ts";
import { binding, call, float, infix, textOf, tupleOf } from "../python.ts";

/** The suffix for the average number of rows of a statistic, which is not in a state dict. */
export const ROWS_SUFFIX = "_rows";

export const rows = {
  batch_mean: (emit, [x, moving, share, movingShare], { attributes: { average } }) => {
    if (average === null) return call(emit.function("layers", "batch_mean"), x!, moving!, emit.training);
    const { of, momentum, times } = average;
    const options = [
      ...(momentum === USUAL_MOMENTUM ? [] : [`momentum=${float(momentum)}`]),
      ...(times === 1 ? [] : [`times=${times}`]),
      ...(of === "mean" ? [] : ["squares=True"]),
      ...(share === undefined ? [] : [tupleOf([share, movingShare!], "share=")]),
    ];
    const rows = `${textOf(moving!.piece)}${ROWS_SUFFIX}`;
    return call(emit.function("layers", "followed_mean"), x!, moving!, rows, emit.training, ...options);
  },
  sum_rows: "of gradients",
  count_rows: "of gradients",
  // Rows of tables come from all ranks; other keys are those of this rank.
  log_partition: (emit, operands, { inputs: [, keys] }) =>
    call(
      emit.function("ops", "log_partition"),
      ...operands,
      ...(keys!.rows.kind === "table" ? [] : ["of_batch=True"]),
    ),
  log_partition_gradient: "of gradients",
  broadcast_like: (_emit, [x, like]) => infix(call("torch.zeros_like", like!.piece), "+", x!, binding.sum),
  repeat_candidates: "of ranking",
  sum_candidates: "of ranking",
  dots: "of ranking",
} satisfies Partial<TorchLowerings>;
