// Recurrences as one node: what goes into the body and what is computed outside, over all steps at once.

import { describe, expect, test } from "vitest";
import { GraphBuilder } from "../../compiler/middle/builder/builder.ts";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import { printGraph } from "../../compiler/middle/builder/print.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import type { OpAttributes, ScanBody } from "../../compiler/middle/graph/attributes.ts";
import type { Graph, NodeId } from "../../compiler/middle/graph/graph.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { expectOp } from "../../compiler/middle/graph/narrow.ts";
import { ops } from "../../compiler/middle/ops/registry.ts";
import { addScan } from "../../compiler/middle/ops/support/add-scan.ts";
import { dropDeadNodes } from "../../compiler/middle/passes/drop-dead-nodes.ts";
import { namedInput } from "../support/named-input.ts";
import { EXAMPLES, STEPS } from "./din-graph.ts";

/** `make` gives the new state from the one before; the output `y` is the states after each step of x [2]. */
function recurrence(make: (b: GraphBuilder, state: NodeId, x: NodeId) => NodeId, reverse = false): Graph {
  const builder = new GraphBuilder();
  const x = builder.add(
    "input",
    [],
    namedInput({ name: "x", type: { rows: STEPS, dims: [2], dtype: "f32" } }),
  );
  const state = builder.add(
    "input",
    [],
    namedInput({ name: "state", type: { rows: STEPS, dims: [2], dtype: "f32" } }),
  );
  const start = builder.add("constant", [], { value: 0, dims: [2] });
  const next = make(builder, state, x);
  builder.output("y", addScan(builder, { state, next, start, like: x, reverse }));
  return dropDeadNodes(builder.finish());
}

function weights(builder: GraphBuilder, name: string): NodeId {
  return builder.parameter({ name, dims: [2, 2], init: { kind: "zeros" }, role: "weight" });
}

function product(builder: GraphBuilder, x: NodeId, name: string): NodeId {
  return builder.add("matmul", [x, weights(builder, name)], { transpose: false });
}

/** tanh(h U + x W), as an Elman network has it. */
const elman = (reverse = false) =>
  recurrence((b, h, x) => {
    const sum = b.add("add", [product(b, h, "u"), product(b, x, "w")], {});
    return b.add("tanh", [sum], {});
  }, reverse);

const layout = exampleLayout({ examples: 3, lengths: { clicks: [2, 0, 1] }, tables: {} });

describe("scan", () => {
  test("computes what needs no state outside its body, and prints in one line", () => {
    const graph = elman();
    validate(graph);
    expect(printGraph(graph)).toBe(`weight u [2, 2] = zeros
weight w [2, 2] = zeros
%0 = input {name: x} : example×clicks [2] f32
%1 = constant {value: 0, dims: [2]} : once [2] f32
%2 = parameter {name: u, dims: [2, 2]} : once [2, 2] f32
%3 = parameter {name: w, dims: [2, 2]} : once [2, 2] f32
%4 = matmul %0 %3 {transpose: false} : example×clicks [2] f32
%5 = scan %1 %2 %4 {history: clicks, reverse: false, body: (step [2], once [2, 2], step [2]) { %3 = matmul %0 %1 {transpose: false}; %4 = add %3 %2; %5 = tanh %4 } %5} : example×clicks [2] f32
output y = %5
`);
  });

  test("goes through each history by itself, from the first step or from the last", () => {
    const feeds = {
      inputs: { x: [1, 2, 10, 20, 100, 200] },
      parameters: {},
      tables: {},
    };
    const sums = (reverse: boolean) => {
      const graph = recurrence((b, h, x) => b.add("add", [h, x], {}), reverse);
      return [...evaluate(graph, feeds, layout).outputs.get("y")!];
    };
    expect(sums(false)).toEqual([1, 2, 11, 22, 100, 200]);
    expect(sums(true)).toEqual([11, 22, 10, 20, 100, 200]);
  });

  test("reads what is the same for all steps of a row once for the row", () => {
    const graph = recurrence((b, h) => {
      const user = b.add(
        "input",
        [],
        namedInput({ name: "user", type: { rows: EXAMPLES, dims: [2], dtype: "f32" } }),
      );
      return b.add("multiply", [h, b.add("repeat", [user], { history: "clicks" })], {});
    });
    expect(graph.nodes.map(({ op }) => op)).toEqual(["input", "constant", "input", "scan"]);
    // The first state, the row's value, and x: something must say which steps there are.
    expect(graph.nodes.at(-1)!.inputs).toHaveLength(3);
  });

  test("is no scan where the new state needs none", () => {
    const graph = recurrence((b, _, x) => b.add("exp", [x], {}));
    expect(graph.nodes.map(({ op }) => op)).toEqual(["input", "exp"]);
  });

  test("counts the operations of its body for every step", () => {
    const graph = elman();
    const node = graph.nodes.at(-1)!;
    const context = {
      attributes: node.attributes as OpAttributes["scan"],
      inputs: node.inputs.map((id) => graph.nodes[id]!.type),
      output: node.type,
    };
    // h U: 2 · 2 · 2, an addition and a tanh for each of 2 numbers; 7 steps.
    expect(ops.scan.flops(context, (rows) => (rows.kind === "steps" ? 7 : 1))).toBe(7 * (8 + 2 + 2));
  });

  describe("is rejected", () => {
    const broken = (change: (body: ScanBody) => Partial<ScanBody>): (() => unknown) => {
      const graph = elman();
      const node = expectOp(graph.nodes.at(-1), "scan");
      const { attributes } = node;
      const body = { ...attributes.body, ...change(attributes.body) };
      const nodes = [...graph.nodes.slice(0, -1), { ...node, attributes: { ...attributes, body } }];
      return () => validate({ ...graph, nodes });
    };
    test.each([
      ["a result of another width", broken(() => ({ result: 1 })), "does not give a new state"],
      [
        "types that do not fit",
        broken(({ nodes }) => ({ nodes: nodes.map((node) => ({ ...node, inputs: [1, 0] })) })),
        "matmul of once [2, 2] f32 and example [2] f32",
      ],
      [
        "a value that is not there",
        broken(({ nodes }) => ({ nodes: nodes.map((node) => ({ ...node, inputs: [9] })) })),
        "uses 9 of 3 values",
      ],
      [
        "what takes its rows together",
        broken((body) => ({ nodes: [{ op: "sum_rows", attributes: {}, inputs: [0] }], result: body.result })),
        "sum_rows in a scan's body gives once [2] f32",
      ],
      [
        "an input less",
        broken(({ inputs }) => ({ inputs: inputs.slice(0, 2), nodes: [], result: 0 })),
        "scan of 3 inputs",
      ],
    ])("with %s", (_, validated, message) => {
      expect(validated).toThrow(message);
    });
  });
});
