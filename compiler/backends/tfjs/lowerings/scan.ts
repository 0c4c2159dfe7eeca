// A scan with tfjs: a loop over time on this side of it, over the rows that have a step then.

import type { ScanAttributes } from "../../../middle/graph/attributes.ts";
import { ops } from "../../../middle/ops/registry.ts";
import { stepsOf } from "../../../middle/ops/repeat.op.ts";
import { runBody } from "../../../middle/ops/support/scan-body.ts";
import { eachOf } from "../../../middle/ops/support/shapes.ts";
import { loweringOf } from "../../contract/lowering.ts";
import type { Tensor, TfjsContext, TfjsLowering, TfjsLowerings } from "../lowering.ts";
import { unlessEmpty } from "../tensors.ts";
import { timeOrder } from "../time-order.ts";

/** `lowerings` gives those of the ops that a body may have. */
export function scan(lowerings: () => TfjsLowerings): TfjsLowering<ScanAttributes> {
  return unlessEmpty((context, values) => overTime(context, values, lowerings()));
}

/** There is at least one step. */
function overTime(
  context: TfjsContext<ScanAttributes>,
  values: readonly Tensor[],
  lowerings: TfjsLowerings,
): Tensor {
  const { tf, attributes, inputs, output } = context;
  const rows = stepsOf(output);
  const order = timeOrder(context.rowsOfSteps(rows), context.count(eachOf(rows)));
  const places = { steps: tf.tensor1d(order.steps, "int32"), each: tf.tensor1d(order.rows, "int32") };
  const ordered = values.map((value, i) => {
    const { kind } = inputs[i]!.rows;
    return kind === "steps" || kind === "each" ? tf.gather(value, places[kind]) : value;
  });
  const start =
    inputs[0]!.rows.kind === "once"
      ? tf.broadcastTo(tf.expandDims(ordered[0]!, 0), [order.rows.length, ...output.dims])
      : ordered[0]!;
  const lines = (x: Tensor, from: number, count: number) =>
    tf.slice(x, [from, ...x.shape.slice(1).map(() => 0)], [count, ...x.shape.slice(1)]);

  const after: Tensor[] = [];
  const times = [...order.alive.keys()];
  // On the way forward rows only end; on the way back they join.
  let state: Tensor | null = attributes.reverse ? null : start;
  for (const time of attributes.reverse ? times.toReversed() : times) {
    const alive = order.alive[time]!;
    const last: Tensor | null = state;
    state = tf.tidy(() => {
      const known = last?.shape[0] ?? 0;
      const parts = [
        ...(last === null ? [] : [lines(last, 0, Math.min(known, alive))]),
        ...(known < alive ? [lines(start, known, alive - known)] : []),
      ];
      const before = parts.length === 1 ? parts[0]! : tf.concat(parts, 0);
      const read = ordered.map((value, i) => {
        const { kind } = inputs[i]!.rows;
        if (kind === "steps") return lines(value, order.offsets[time]!, alive);
        return kind === "each" ? lines(value, 0, alive) : value;
      });
      return runBody(ops, attributes.body, [before, ...read.slice(1)], (node, operands, own) =>
        loweringOf(lowerings, node.op)(
          { ...context, ...own, count: (of) => (of.kind === "once" ? 1 : alive) },
          operands,
        ),
      );
    });
    after[time] = state;
  }
  return tf.gather(tf.concat(after, 0), tf.tensor1d(order.places, "int32"));
}
