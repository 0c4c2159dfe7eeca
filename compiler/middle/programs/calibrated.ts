// Adds a calibration to a Graph that predicts: it replaces the logits by calibrated ones, so that everything
// made of the Graph has calibrated scores. A curve is computed by ordinary ops: z ↦ start − before · relu(x₁
// − z) + Σ slope · min(relu(z − x), width).

import { GraphBuilder } from "../builder/builder.ts";
import { type CalibrationMethod, mostKnots, packed, type SegmentCurves } from "../calibration/curve.ts";
import { copyInto } from "../graph/copy.ts";
import type { Graph, Node, NodeId } from "../graph/graph.ts";
import { outputName } from "../graph/outputs.ts";
import { sizeOf } from "../graph/types.ts";
import { inputOf } from "./program.ts";

/** Names of the parameters or tables of a calibration's numbers. No name of a spec has a `/`. */
export const calibrationName = (label: string): string => `calibration/${label}`;

/** Tells whether a table holds the numbers of a calibration by segments. */
export function isCalibration(table: string, predictions: readonly { readonly label: string }[]): boolean {
  return predictions.some(({ label }) => calibrationName(label) === table);
}

/** The numbers of one prediction's calibration. */
export interface CalibrationValues {
  /** The length of a row of `values`. */
  readonly width: number;
  /** `ids` rows, by id of the segments' feature, or one row without segments. */
  readonly values: Float32Array;
}

/** `ids` is the number of rows of a table of the segments' feature; null without segments. */
export function calibrationValues(
  method: CalibrationMethod,
  curves: SegmentCurves,
  ids: number | null,
): CalibrationValues {
  const count = mostKnots(method, ids !== null);
  const numbers = (id: number): readonly number[] => {
    const curve = curves.byId.get(id) ?? curves.all;
    return count === 0 && curve.kind === "line" ? [curve.slope, curve.shift] : packed(curve, count);
  };
  const width = numbers(0).length;
  const values = new Float32Array(width * (ids ?? 1));
  for (let id = 0; id < (ids ?? 1); id++) values.set(numbers(id), id * width);
  return { width, values };
}

/**
 * `forward` with calibrated logits. The numbers of each label's curve are a parameter, or with `by` a table
 * with a row for each id of that feature, named by `calibrationName`.
 */
export function withCalibration(
  forward: Graph,
  calibrations: ReadonlyMap<string, Pick<CalibrationValues, "width">>,
  by: string | null,
): Graph {
  const graph = new GraphBuilder();
  for (const parameter of forward.parameters.values()) graph.declare(parameter);
  const copyOf = copyInto(graph, forward.nodes);
  const ids = by === null ? null : copiedIds(graph, forward, by, copyOf);
  for (const [output, id] of forward.outputs) graph.outputAs(forward, output, copyOf(id));
  for (const [label, { width }] of calibrations) {
    const role = { kind: "logit", of: label } as const;
    const logit = copyOf(forward.outputs.get(outputName(role))!);
    const name = calibrationName(label);
    const numbers =
      ids === null
        ? graph.parameter({ name, dims: [width], init: { kind: "zeros" }, role: "statistic" })
        : graph.add("lookup", [graph.add("table", [], { name, width }), ids], {});
    graph.output(role, onCurve(graph, logit, numbers));
  }
  return graph.finish();
}

function copiedIds(
  graph: GraphBuilder,
  { nodes }: Graph,
  feature: string,
  copyOf: (id: NodeId) => NodeId,
): NodeId {
  const attributes = inputOf(
    { kind: "feature", feature, history: null },
    { rows: { kind: "each", per: "example" }, dims: [], dtype: "i32" },
  );
  const known = nodes.find(
    (node): node is Node<"input"> => node.op === "input" && node.attributes.name === attributes.name,
  );
  return known === undefined ? graph.add("input", [], attributes) : copyOf(known.id);
}

function onCurve(graph: GraphBuilder, logit: NodeId, numbers: NodeId): NodeId {
  const width = sizeOf(graph.typeOf(numbers).dims);
  const part = (from: number, to: number) => graph.add("slice", [numbers], { dim: 0, from, to });
  const op = (name: "add" | "subtract" | "multiply" | "maximum", x: NodeId, y: NodeId) =>
    graph.add(name, [x, y], {});
  if (width === 2) return op("add", op("multiply", logit, part(0, 1)), part(1, 2));
  const count = (width - 2) / 3;
  const [from, room, slope] = [0, 1, 2].map((i) => part(2 + i * count, 2 + (i + 1) * count)) as [
    NodeId,
    NodeId,
    NodeId,
  ];
  const negated = (x: NodeId) => graph.add("negate", [x], {});
  const after = graph.add("relu", [op("subtract", logit, from)], {});
  const within = negated(op("maximum", negated(after), negated(room)));
  const risen = graph.add("sum_width", [op("multiply", within, slope)], {});
  const before = graph.add("relu", [op("subtract", part(2, 3), logit)], {});
  return op("add", op("subtract", part(0, 1), op("multiply", part(1, 2), before)), risen);
}
