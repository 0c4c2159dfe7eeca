// A scan with tfjs: a loop over time on this side of it, over the rows that have a step then.

import type { Tensor, TfjsContext } from "../../backends/tfjs/lowering.ts";
import { definitionOf, runBody } from "../../graph/scan-body.ts";
import { stepsOf } from "../repeat.op.ts";
import type { ScanAttributes } from "../scan.op.ts";
import { eachOf } from "./shapes.ts";
import { timeOrder } from "./time-order.ts";

/** There is at least one step. */
export function scanWithTfjs(context: TfjsContext<ScanAttributes>, values: readonly Tensor[]): Tensor {
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
      return runBody(attributes.body, [before, ...read.slice(1)], (node, operands, own) =>
        definitionOf(node).lower.tfjs(
          { ...context, ...own, count: (of) => (of.kind === "once" ? 1 : alive) },
          operands,
        ),
      );
    });
    after[time] = state;
  }
  return tf.gather(tf.concat(after, 0), tf.tensor1d(order.places, "int32"));
}
