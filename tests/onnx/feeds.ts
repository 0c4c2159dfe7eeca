// A Graph's values as an ONNX model is fed them.

import type { FedCount } from "../../compiler/backends/onnx/emit.ts";
import type { Feeds } from "../../compiler/middle/builder/evaluate.ts";
import type { OpAttributes } from "../../compiler/middle/graph/attributes.ts";
import type { RowLayout } from "../../compiler/middle/graph/define-op.ts";
import type { ValidGraph } from "../../compiler/middle/graph/graph.ts";
import type { TensorType } from "../../compiler/middle/graph/types.ts";
import type { Feed } from "./session.ts";

export function weightsOf({ parameters, tables }: Feeds) {
  return {
    parameter: (name: string) => Float32Array.from(parameters[name]!),
    table: (name: string) => Float32Array.from(tables[name]!),
  };
}

export function shapeOf({ rows, dims }: TensorType, layout: RowLayout): number[] {
  return rows.kind === "once" ? [...dims] : [layout.count(rows), ...dims];
}

/** All histories have as many steps. */
export function feedsOf(
  graph: ValidGraph,
  counts: readonly FedCount[],
  { inputs }: Feeds,
  layout: RowLayout,
  candidates: number,
  steps: number,
): Record<string, Feed> {
  const feeds: Record<string, Feed> = {};
  for (const node of graph.nodes) {
    if (node.op !== "input") continue;
    const { name, type } = node.attributes as OpAttributes["input"];
    const { rows } = type;
    const dims =
      rows.kind === "steps" && rows.per === "candidate"
        ? [candidates, layout.count(rows) / candidates, ...type.dims]
        : shapeOf(type, layout);
    feeds[name] =
      type.dtype === "i32"
        ? { type: "int32", data: Int32Array.from(inputs[name]!), dims }
        : { type: "float32", data: Float32Array.from(inputs[name]!), dims };
  }
  for (const { name, of } of counts)
    feeds[name] = {
      type: "int32",
      data: Int32Array.of(of.kind === "candidates" ? candidates : steps),
      dims: [1],
    };
  return feeds;
}
