// Recurrence over a history: GRU, AUGRU and any other network that computes a new state from the previous
// one.

import { invariant } from "../../common/internal-error.ts";
import type { BodyNode, ScanAttributes, ScanBody } from "../graph/attributes.ts";
import { definitionIn, type OpDefinition, type OpTable, type ReferenceValue } from "../graph/define-op.ts";
import { exampleLayout } from "../graph/layout.ts";
import { ONCE, type Rows, rowsKey, sameRows, sizeOf, type TensorType } from "../graph/types.ts";
import { stepsOf } from "./repeat.op.ts";
import { filled } from "./support/references.ts";
import { bodyTypes, runBody, STEP } from "./support/scan-body.ts";
import { scanGradient } from "./support/scan-gradient.ts";
import { describeType, eachOf, f32, requireFloat, sameDims } from "./support/shapes.ts";

/** `table` returns the ops that a body may use. */
export const scanOver = (table: () => OpTable): OpDefinition<ScanAttributes> => ({
  name: "scan",
  doc: "The state [..] after each step of `history`, made from the one before by `body`. Inputs: the first state [..], once or each, then what the body reads: steps, each or once. Steps [..].",
  shape: (inputs, { history, body }) => {
    const [start, ...operands] = inputs;
    invariant(start, "scan without a first state");
    requireFloat("scan", ...inputs);
    const steps = operands.find(({ rows }) => rows.kind === "steps");
    invariant(steps, "scan reads nothing that has steps");
    const rows = stepsOf(steps);
    invariant(rows.history === history, `scan over ${history} reads ${describeType(steps)}`);
    const types = bodyTypes(body, table());
    const state = types[0]!;
    invariant(inputs.length === body.inputs.length, `scan of ${inputs.length} inputs`);
    const fits = (value: TensorType, wanted: TensorType, allowed: readonly Rows[]) =>
      sameDims(value.dims, wanted.dims) && allowed.some((some) => sameRows(some, value.rows));
    inputs.forEach((value, i) => {
      const wanted = body.inputs[i]!;
      const each = i === 0 ? [ONCE, eachOf(rows)] : [rows, eachOf(rows)];
      invariant(
        fits(value, wanted, wanted.rows.kind === "once" ? [ONCE] : each),
        `scan over ${rowsKey(rows)}: ${describeType(value)} as input ${i}, ${describeType(wanted)} in a step`,
      );
    });
    return f32(rows, state.dims);
  },
  reference: (values, { attributes: { body, reverse }, inputs, output }, layout) => {
    const segments = layout.segments(stepsOf(output));
    const single = exampleLayout({ examples: 1, lengths: {}, tables: {} });
    const out = filled(output, layout);
    const states = new Map<number, ReferenceValue>();
    const steps = [...segments.keys()];
    for (const step of reverse ? steps.toReversed() : steps) {
      const row = segments[step]!;
      const read = inputs.map(({ rows, dims }, i) => {
        const at = rows.kind === "steps" ? step : rows.kind === "each" ? row : 0;
        return values[i]!.subarray(at * sizeOf(dims), (at + 1) * sizeOf(dims));
      });
      const state = states.get(row) ?? read[0]!;
      const next = runBody(table(), body, [state, ...read.slice(1)], (node, operands, context) =>
        definitionIn(table(), node.op).reference(operands, context, single),
      );
      states.set(row, next);
      out.set(next, step * next.length);
    }
    return out;
  },
  flops: ({ attributes: { body }, output }, count) => {
    const steps = count(output.rows);
    const inStep = (rows: Rows) => (rows.kind === "once" ? 1 : steps);
    let flops = 0;
    runBody(table(), body, body.inputs, (node, _, context) => {
      flops += definitionIn(table(), node.op).flops(context, inStep);
      return context.output;
    });
    return flops;
  },
  gradient: (context) => scanGradient(context, table()),
  samples: ({ each, steps }) => {
    const { history } = steps;
    const step = (...dims: number[]) => f32(STEP, dims);
    const node = (op: BodyNode["op"], inputs: number[], attributes: object = {}) =>
      ({ op, inputs, attributes }) as BodyNode;
    // tanh(h U + x): an Elman network's state.
    const elman: ScanBody = {
      inputs: [step(3), step(3), f32(ONCE, [3, 3])],
      nodes: [node("matmul", [0, 2], { transpose: false }), node("add", [3, 1]), node("tanh", [4])],
      result: 5,
    };
    // h + g · (σ(c + b) · h − h): gates by step and by row, weights, and a state that is read three times.
    const gated: ScanBody = {
      inputs: [step(3), step(1), step(3), f32(ONCE, [3])],
      nodes: [
        node("add", [0, 2]),
        node("add", [4, 3]),
        node("sigmoid", [5]),
        node("multiply", [6, 0]),
        node("subtract", [7, 0]),
        node("multiply", [8, 1]),
        node("add", [0, 9]),
      ],
      result: 10,
    };
    // A state of two vectors, halved at each step; the step's input is ignored.
    const halved: ScanBody = {
      inputs: [step(2, 3), step(1), f32(ONCE, [2, 1])],
      nodes: [node("multiply", [0, 2])],
      result: 3,
    };
    return [false, true].flatMap((reverse) => [
      {
        attributes: { history, reverse, body: elman },
        inputs: [f32(ONCE, [3]), f32(steps, [3]), f32(ONCE, [3, 3])],
      },
      {
        attributes: { history, reverse, body: gated },
        inputs: [f32(each, [3]), f32(steps, [1]), f32(each, [3]), f32(ONCE, [3])],
      },
      {
        attributes: { history, reverse, body: halved },
        inputs: [f32(each, [2, 3]), f32(steps, [1]), f32(ONCE, [2, 1])],
      },
    ]);
  },
});
