// Rows of a batch that are projected once each: where examples name the same rows often enough, and nowhere else.

import { expect, test } from "vitest";
import { GraphBuilder } from "../../compiler/middle/builder/builder.ts";
import type { Graph } from "../../compiler/middle/graph/graph.ts";
import type { Rows } from "../../compiler/middle/graph/types.ts";
import { type BatchCounts, projectDistinctRows } from "../../compiler/middle/passes/project-distinct-rows.ts";
import { projectedTables } from "../../compiler/middle/passes/project-tables.ts";
import { namedInput } from "../support/named-input.ts";
import { EXAMPLES, STEPS } from "./din-graph.ts";

/** A layer of 80 over a candidate's item and the item of each step. */
function network(): Graph {
  const builder = new GraphBuilder();
  const table = builder.add("table", [], { name: "item", width: 16 });
  const layerOver = (name: string, rows: Rows) => {
    const ids = builder.add("input", [], namedInput({ name, type: { rows, dims: [], dtype: "i32" } }));
    const init = { kind: "zeros" } as const;
    const w = builder.parameter({ name: `${name}.w`, dims: [16, 80], init, role: "weight" });
    const x = builder.add("lookup", [table, ids], {});
    builder.output(name, builder.add("matmul", [x, w], { transpose: false }));
  };
  layerOver("candidate", EXAMPLES);
  layerOver("clicked", STEPS);
  return builder.finish();
}

const counts =
  (examples: number, steps: number, distinct: number): BatchCounts =>
  ({ kind }) =>
    kind === "table" ? distinct : kind === "steps" ? steps : examples;

const projected = (count: BatchCounts) => projectedTables(projectDistinctRows(network(), count)).length;

test.each([
  ["steps that share their items are projected, candidates that do not are not", 256, 4_000, 800, 1],
  ["steps of items of their own are not", 256, 2_000, 2_200, 0],
  ["both are where there are few items", 256, 4_000, 20, 2],
  ["a saving that reading takes back is none", 256, 2_000, 1_600, 0],
])("%s", (_, examples, steps, distinct, wanted) => {
  expect(projected(counts(examples, steps, distinct))).toBe(wanted);
});
