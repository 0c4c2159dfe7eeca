// Where a network reads only the last step of a history that something joined: the last steps are what they were, from less.

import { describe, expect, test } from "vitest";
import { GraphBuilder } from "../../compiler/middle/builder/builder.ts";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import type { Graph, NodeId } from "../../compiler/middle/graph/graph.ts";
import { rowsKey } from "../../compiler/middle/graph/types.ts";
import { passes, runPasses } from "../../compiler/middle/passes/pipeline.ts";
import { inputOf } from "../../compiler/middle/programs/program.ts";
import { namedInput } from "../support/named-input.ts";
import { distance } from "./din-graph.ts";
import { batches } from "./layouts.ts";

const joined = { kind: "steps", per: "example", history: "clicks + 1" } as const;

/** exp(dropout(x)), of which `read` makes the output. */
function dropping(read: (builder: GraphBuilder, y: NodeId) => NodeId): Graph {
  const builder = new GraphBuilder();
  const type = { rows: joined, dims: [2], dtype: "f32" } as const;
  const x = builder.add("input", [], namedInput({ name: "x", type }));
  const noise = builder.add("input", [], inputOf({ kind: "noise", of: "dropout_1" }, type));
  const y = builder.add("exp", [builder.add("dropout", [x, noise], { rate: 0.5 })], {});
  builder.output("y", read(builder, y));
  return builder.finish();
}

const last = (graph: Graph) => runPasses(graph, [passes.lastStepAlone, passes.lastNoiseAlone]);

/** By name: which rows an input has. */
function inputs(graph: Graph): Record<string, string> {
  return Object.fromEntries(
    graph.nodes.flatMap((node) =>
      node.op === "input" ? [[(node.attributes as { name: string }).name, rowsKey(node.type.rows)]] : [],
    ),
  );
}

describe("noise of which the last step alone is read", () => {
  test.each(batches)("is drawn for each example, over $name", ({ layout }) => {
    const graph = dropping((builder, y) => builder.add("last_step", [y], {}));
    const changed = last(graph);
    expect(inputs(changed)).toEqual({ x: "example×clicks + 1", "noise/dropout_1": "example" });

    const segments = layout.segments(joined);
    const isLast = [...segments].map((row, step) => segments[step + 1] !== row);
    const numbers = Float64Array.from({ length: 2 * segments.length }, (_, i) => (7 * i) % 5);
    const noise = numbers.map((number) => number / 5);
    const ofLast = noise.filter((_, i) => isLast[Math.floor(i / 2)]);
    const run = (of: Graph, drawn: Float64Array) =>
      evaluate(
        validate(of),
        { inputs: { x: numbers, "noise/dropout_1": drawn }, parameters: {}, tables: {} },
        layout,
      ).outputs.get("y")!;
    expect(distance(run(changed, ofLast), run(graph, noise))).toBe(0);
  });

  test("stays what it is where other steps are read, too", () => {
    const both = dropping((builder, y) =>
      builder.add("add", [builder.add("last_step", [y], {}), builder.add("sum_steps", [y], {})], {}),
    );
    expect(inputs(last(both))["noise/dropout_1"]).toBe("example×clicks + 1");
  });
});
