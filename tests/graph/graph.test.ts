// A Graph as text, and a Graph evaluated.

import { expect, test } from "vitest";
import { InternalError } from "../../compiler/common/internal-error.ts";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { GraphBuilder } from "../../compiler/middle/builder/builder.ts";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import { printGraph } from "../../compiler/middle/builder/print.ts";
import type { Graph } from "../../compiler/middle/graph/graph.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { namedInput } from "../support/named-input.ts";
import { EXAMPLES } from "./din-graph.ts";

/** y = mean over the clicks of an embedding, times w; w grows by 1. */
function small(path = "a.din"): Graph {
  const origin = { file: sourceFile(path, "net {}"), start: 0, end: 3 };
  const builder = new GraphBuilder();
  const steps = { kind: "steps", per: "example", history: "clicks" } as const;
  const table = builder.add("table", [], { name: "item_id", width: 2 }, origin);
  const ids = builder.add(
    "input",
    [],
    namedInput({
      name: "clicks.item_id",
      type: { rows: steps, dims: [], dtype: "i32" },
    }),
  );
  const sum = builder.add("sum_steps", [builder.add("lookup", [table, ids], {}, origin)], {});
  const count = builder.add("count_steps", [], { history: "clicks", per: "example" });
  const one = builder.add("constant", [], { value: 1, dims: [1] });
  const mean = builder.add("divide", [sum, builder.add("maximum", [count, one], {})], {});
  const w = builder.parameter({
    name: "net.w",
    dims: [2, 1],
    init: { kind: "glorot_normal", fanIn: 2, fanOut: 1 },
    role: "weight",
  });
  builder.output("y", builder.add("matmul", [mean, w], { transpose: false }));
  builder.output("rows", builder.add("count_rows", [], { rows: EXAMPLES }));
  const ones = builder.add("constant", [], { value: 1, dims: [2, 1] });
  builder.update("net.w", builder.add("add", [w, ones], {}));
  return builder.finish();
}

test("prints a line for every parameter, node and result", () => {
  expect(printGraph(small())).toBe(`weight net.w [2, 1] = glorot_normal 2 1
%0 = table {name: item_id, width: 2} : table item_id [2] f32
%1 = input {name: clicks.item_id} : example×clicks [] i32
%2 = lookup %0 %1 : example×clicks [2] f32
%3 = sum_steps %2 : example [2] f32
%4 = count_steps {history: clicks, per: example} : example [1] f32
%5 = constant {value: 1, dims: [1]} : once [1] f32
%6 = maximum %4 %5 : example [1] f32
%7 = divide %3 %6 : example [2] f32
%8 = parameter {name: net.w, dims: [2, 1]} : once [2, 1] f32
%9 = matmul %7 %8 {transpose: false} : example [1] f32
%10 = count_rows {rows: example} : once [1] f32
%11 = constant {value: 1, dims: [2, 1]} : once [2, 1] f32
%12 = add %8 %11 : once [2, 1] f32
output y = %9
output rows = %10
update net.w = %12
`);
});

test("prints the same wherever the nodes come from", () => {
  expect(printGraph(small("b.din"))).toBe(printGraph(small("a.din")));
});

const layout = exampleLayout({ examples: 3, lengths: { clicks: [2, 0, 1] }, tables: { item_id: 2 } });
const feeds = {
  inputs: { "clicks.item_id": [0, 1, 1] },
  parameters: { "net.w": [1, -1] },
  tables: { item_id: [1, 2, 3, 10] },
};

test("evaluates outputs and updates, updates from the values before", () => {
  const { outputs, updates } = evaluate(small(), feeds, layout);
  // Means of the embeddings: (2, 6), nothing, (3, 10).
  expect([...outputs.get("y")!]).toEqual([-4, 0, -7]);
  expect([...outputs.get("rows")!]).toEqual([3]);
  expect([...updates.get("net.w")!]).toEqual([2, 0]);
});

test("refuses to evaluate without what the graph reads, or with too little of it", () => {
  expect(() => evaluate(small(), { ...feeds, tables: {} }, layout)).toThrow(InternalError);
  expect(() => evaluate(small(), { ...feeds, tables: {} }, layout)).toThrow("table item_id is not fed");
  const short = { ...feeds, parameters: { "net.w": [1] } };
  expect(() => evaluate(small(), short, layout)).toThrow("node 8 (parameter) has 1 numbers, not 2");
});

test("equal nodes are one node", () => {
  const builder = new GraphBuilder();
  const first = builder.add("constant", [], { value: 2, dims: [1] });
  expect(builder.add("constant", [], { value: 2, dims: [1] })).toBe(first);
  expect(builder.add("constant", [], { value: 3, dims: [1] })).not.toBe(first);
  expect(builder.add("exp", [first], {})).toBe(builder.add("exp", [first], {}));
});
