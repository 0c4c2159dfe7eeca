// How tfjs computes ops on the steps of a history.

import { counted } from "../../../middle/ops/count-steps.op.ts";
import { stepsOf } from "../../../middle/ops/repeat.op.ts";
import { eachOf } from "../../../middle/ops/support/shapes.ts";
import type { TfjsLowerings } from "../lowering.ts";
import { gatherOrZero, stepPlaces } from "../step-tensors.ts";
import { largestStep, scatterSum, tensorShape, unlessEmpty, zerosOut } from "../tensors.ts";

export const steps = {
  repeat: unlessEmpty((context, [x]) => context.tf.gather(x!, context.segments(stepsOf(context.output)))),
  sum_steps: unlessEmpty((context, [x]) =>
    x!.size === 0
      ? zerosOut(context)
      : scatterSum(
          context,
          x!,
          context.segments(stepsOf(context.inputs[0]!)),
          tensorShape(context, context.output),
        ),
  ),
  max_steps: unlessEmpty((context, [x]) =>
    x!.size === 0
      ? zerosOut(context)
      : largestStep(context, x!, stepsOf(context.inputs[0]!), context.output.dims, 0),
  ),
  softmax_steps: unlessEmpty((context, [x]) => {
    const { tf, output } = context;
    const rows = stepsOf(output);
    const segments = context.segments(rows);
    const largest = largestStep(context, x!, rows, output.dims, 0);
    const exponentials = tf.exp(tf.sub(x!, tf.gather(largest, segments)));
    const shape = tensorShape(context, { ...output, rows: eachOf(rows) });
    const sums = scatterSum(context, exponentials, segments, shape);
    return tf.div(exponentials, tf.gather(sums, segments));
  }),
  count_steps: unlessEmpty((context) => {
    const rows = counted(context.attributes);
    const steps = context.count(rows);
    if (steps === 0) return zerosOut(context);
    const shape = tensorShape(context, context.output);
    return scatterSum(context, context.tf.ones([steps, 1]), context.segments(rows), shape);
  }),
  shift_steps: unlessEmpty((context, [x, end]) => {
    const { tf, attributes, inputs, output: out } = context;
    const segments = context.rowsOfSteps(stepsOf(out));
    const byRow = inputs[1]!.rows.kind !== "once";
    const ends = byRow ? end! : tf.expandDims(end!, 0);
    const places = segments.map((row, step) => {
      const other = step + (attributes.reverse ? 1 : -1);
      if (segments[other] === row) return ends.shape[0]! + other;
      return byRow ? row : 0;
    });
    return tf.gather(tf.concat([ends, x!], 0), tf.tensor1d(places, "int32"));
  }),
  resize_steps: unlessEmpty((context, [x]) => {
    if (x!.size === 0) return zerosOut(context);
    const { attributes, inputs, output: out } = context;
    const [from, to] = [stepPlaces(context, stepsOf(inputs[0]!)), stepPlaces(context, stepsOf(out))];
    const missing = from.segments.length;
    const sources = to.segments.map((row, step) => {
      const skipped = attributes.keep === "first" ? 0 : from.lengths[row]! - to.lengths[row]!;
      const place = step - to.first[row]! + skipped;
      return 0 <= place && place < from.lengths[row]! ? from.first[row]! + place : missing;
    });
    return gatherOrZero(context, x!, sources);
  }),
  last_step: unlessEmpty((context, [x]) => {
    if (x!.size === 0) return zerosOut(context);
    const { first, lengths, segments } = stepPlaces(context, stepsOf(context.inputs[0]!));
    const last = lengths.map((length, row) => (length === 0 ? segments.length : first[row]! + length - 1));
    return gatherOrZero(context, x!, last);
  }),
  scatter_last_step: unlessEmpty((context, [x]) => {
    const { first, lengths, segments } = stepPlaces(context, stepsOf(context.output));
    const places = segments.map((row, step) =>
      step + 1 === first[row]! + lengths[row]! ? row : lengths.length,
    );
    return gatherOrZero(context, x!, places);
  }),
} satisfies Partial<TfjsLowerings>;
