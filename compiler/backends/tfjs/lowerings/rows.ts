// How tfjs computes ops on rows: candidates, examples, and sums over them.

import { sizeOf } from "../../../middle/graph/types.ts";
import { CANDIDATES } from "../../../middle/ops/repeat-candidates.op.ts";
import type { TfjsLowerings } from "../lowering.ts";
import { tensorShape, unlessEmpty, zerosOut } from "../tensors.ts";

export const rows = {
  repeat_candidates: unlessEmpty((context, [x]) =>
    context.tf.tile(x!, [context.count(CANDIDATES), ...context.output.dims.map(() => 1)]),
  ),
  sum_candidates: unlessEmpty((context, [x]) => {
    const { tf, output: out } = context;
    const shape = [context.count(CANDIDATES), context.count(out.rows) * sizeOf(out.dims)];
    return tf.reshape(tf.sum(tf.reshape(x!, shape), 0), tensorShape(context, out));
  }),
  sum_rows: unlessEmpty((context, [x]) => (x!.size === 0 ? zerosOut(context) : context.tf.sum(x!, 0))),
  count_rows: (context) => context.tf.tensor1d([context.count(context.attributes.rows)], "float32"),
  batch_mean: unlessEmpty(({ tf, count: rowsOf, inputs }, [x, moving]) =>
    rowsOf(inputs[0]!.rows) === 0 ? tf.clone(moving!) : tf.mean(x!, 0),
  ),
  broadcast_like: unlessEmpty((context, [x]) =>
    context.tf.broadcastTo(x!, tensorShape(context, context.output)),
  ),
} satisfies Partial<TfjsLowerings>;
