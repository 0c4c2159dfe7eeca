// Generated over the registry: what onnxruntime computes for a request and its candidates is what the reference computes.
// Each case's samples are one graph.

import { describe, expect, test } from "vitest";
import { emitOnnx, type FedCount } from "../../compiler/backends/onnx/emit.ts";
import { evaluate, type Feeds } from "../../compiler/graph/evaluate.ts";
import type { TensorType, ValidGraph } from "../../compiler/graph/graph.ts";
import type { OpAttributes } from "../../compiler/ops/registry.ts";
import { bytesOf, type Feed, run, sessionOf } from "../onnx/session.ts";
import { difference } from "./comparison.ts";
import { HISTORY, type Layout, opCases, runsOf } from "./op-cases.ts";

describe("ONNX", () => {
  test.each(opCases().filter(({ per }) => per !== "example"))(
    "$op over rows of the kind $per",
    async (opCase) => {
      const { graph } = opCase;
      for (const { name, layout, feeds } of runsOf(opCase)) {
        const { graph: emitted, counts } = emitOnnx(graph, weightsOf(feeds), "case");
        const session = await sessionOf(bytesOf(emitted));
        const actual = await run(session, fedTo(graph, counts, feeds, layout));
        await session.release();
        for (const [output, id] of graph.outputs) {
          const expected = evaluate(graph, feeds, layout.rows).outputs.get(output)!;
          const where = `${output}, ${name}`;
          expect(difference(actual[output]!.data, expected), where).toBeNull();
          expect(actual[output]!.dims, where).toEqual(shapeOf(graph.nodes[id]!.type, layout));
        }
      }
    },
  );
});

function weightsOf({ parameters, tables }: Feeds) {
  return {
    parameter: (name: string) => Float32Array.from(parameters[name]!),
    table: (name: string) => Float32Array.from(tables[name]!),
  };
}

function shapeOf({ rows, dims }: TensorType, layout: Layout): number[] {
  return rows.kind === "once" ? [...dims] : [layout.rows.count(rows), ...dims];
}

function fedTo(
  graph: ValidGraph,
  counts: readonly FedCount[],
  { inputs }: Feeds,
  layout: Layout,
): Record<string, Feed> {
  const feeds: Record<string, Feed> = {};
  for (const node of graph.nodes) {
    if (node.op !== "input") continue;
    const { name, type } = node.attributes as OpAttributes["input"];
    const values = inputs[name]!;
    const { rows } = type;
    const dims =
      rows.kind === "steps" && rows.per === "candidate"
        ? [layout.candidates, layout.rows.count(rows) / layout.candidates, ...type.dims]
        : shapeOf(type, layout);
    feeds[name] =
      type.dtype === "i32"
        ? { type: "int32", data: Int32Array.from(values), dims }
        : { type: "float32", data: Float32Array.from(values), dims };
  }
  for (const { name, of } of counts) {
    const count = of.kind === "candidates" ? layout.candidates : layout.steps;
    if (of.kind === "history") expect(of.name).toBe(HISTORY);
    feeds[name] = { type: "int32", data: Int32Array.of(count), dims: [1] };
  }
  return feeds;
}
