// What `validate` lets through to the back ends, and what not.

import { describe, expect, test } from "vitest";
import { InternalError } from "../../compiler/common/internal-error.ts";
import { GraphBuilder } from "../../compiler/middle/builder/builder.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import type { Graph, Node, NodeId } from "../../compiler/middle/graph/graph.ts";
import { namedInput } from "../support/named-input.ts";
import { dinGraph, EXAMPLES } from "./din-graph.ts";
import { trainingGraph } from "./training-graph.ts";

const vector = (name: string, dims = [2]) =>
  ({ name, type: { rows: EXAMPLES, dims, dtype: "f32" } }) as const;

/** y = exp(x) w, w being [2, 3]. */
function small(): Graph {
  const builder = new GraphBuilder();
  const x = builder.add("exp", [builder.add("input", [], namedInput(vector("x")))], {});
  const w = builder.parameter({ name: "w", dims: [2, 3], init: { kind: "zeros" }, role: "weight" });
  builder.output("y", builder.add("matmul", [x, w], { transpose: false }));
  return builder.finish();
}

function withNode(graph: Graph, id: number, change: Partial<Node>): Graph {
  const changed = (node: Node) => Object.assign({}, node, change) as Node;
  return { ...graph, nodes: graph.nodes.map((node) => (node.id === id ? changed(node) : node)) };
}

describe("validate", () => {
  test("accepts what the builder makes", () => {
    const graph = small();
    expect(validate(graph)).toBe(graph);
    expect(() => validate(trainingGraph(dinGraph(1)))).not.toThrow();
  });

  const rejected: readonly (readonly [what: string, graph: Graph, message: string])[] = [
    [
      "an input that comes later",
      withNode(small(), 1, { inputs: [3 as NodeId] }),
      "node 1 (exp) uses node 3",
    ],
    ["a node that uses itself", withNode(small(), 1, { inputs: [1 as NodeId] }), "node 1 (exp) uses node 1"],
    ["an id that is not the place", withNode(small(), 1, { id: 2 as NodeId }), "node 1 (exp) has id 2"],
    ["an op that does not exist", withNode(small(), 1, { op: "cube" as "exp" }), "there is no such op"],
    [
      "another type than the shape rule gives",
      withNode(small(), 3, { type: { rows: EXAMPLES, dims: [2], dtype: "f32" } }),
      "node 3 (matmul) has type example [2] f32, not example [3] f32",
    ],
    [
      "inputs that do not fit the op",
      withNode(small(), 3, { attributes: { transpose: true } }),
      "node 3 (matmul): matmul of example [2] f32 and once [2, 3] f32, transpose true",
    ],
    ["a parameter nobody declared", { ...small(), parameters: new Map() }, "reads w, which is not declared"],
    [
      "a parameter of other dims",
      {
        ...small(),
        parameters: new Map([["w", { name: "w", dims: [3, 2], init: { kind: "zeros" }, role: "weight" }]]),
      },
      "reads w with other dims than declared",
    ],
    [
      "an output that does not exist",
      { ...small(), outputs: new Map([["y", 9 as NodeId]]) },
      "output y is node 9",
    ],
    [
      "an update that does not fit its parameter",
      { ...small(), updates: new Map([["w", 3 as NodeId]]) },
      "the update of w is example [3] f32, not once [2, 3] f32",
    ],
    [
      "an update of what is not declared",
      { ...small(), updates: new Map([["v", 2 as NodeId]]) },
      "v is updated but not declared",
    ],
    ["one name for two inputs", twoInputs(), "input x is used with two types"],
    ["examples beside candidates", mixed(), "node 1 is over a request, node 0 over examples"],
    ["candidates counted beside examples", countedBeside(), "node 1 is over a request, node 0 over examples"],
  ];

  test.each(rejected)("rejects %s", (_, graph, message) => {
    expect(() => validate(graph)).toThrow(InternalError);
    expect(() => validate(graph)).toThrow(message);
  });
});

function twoInputs(): Graph {
  const builder = new GraphBuilder();
  builder.add("input", [], namedInput(vector("x", [2])));
  builder.add("input", [], namedInput(vector("x", [3])));
  return builder.finish();
}

function mixed(): Graph {
  const builder = new GraphBuilder();
  builder.add("input", [], namedInput(vector("x")));
  builder.add(
    "input",
    [],
    namedInput({
      name: "y",
      type: { rows: { kind: "each", per: "candidate" }, dims: [2], dtype: "f32" },
    }),
  );
  return builder.finish();
}

function countedBeside(): Graph {
  const builder = new GraphBuilder();
  builder.add("input", [], namedInput(vector("x")));
  builder.add("count_rows", [], { rows: { kind: "each", per: "candidate" } });
  return builder.finish();
}

describe("shape rules", () => {
  function typeOf(make: (builder: GraphBuilder, x: NodeId, w: NodeId) => NodeId) {
    const builder = new GraphBuilder();
    const x = builder.add("input", [], namedInput(vector("x", [4])));
    const w = builder.parameter({ name: "w", dims: [4, 4], init: { kind: "zeros" }, role: "weight" });
    return builder.typeOf(make(builder, x, w));
  }

  test.each([
    ["add of two widths", (b, x) => b.add("add", [x, b.add("input", [], namedInput(vector("y", [3])))], {})],
    ["add of two ranks", (b, x, w) => b.add("add", [x, w], {})],
    ["add of ids", (b, x) => b.add("add", [x, ids(b)], {})],
    ["sum_steps of what has none", (b, x) => b.add("sum_steps", [x], {})],
    ["repeat of a weight", (b, _, w) => b.add("repeat", [w], { history: "clicks" })],
    ["sum_rows of a weight", (b, _, w) => b.add("sum_rows", [w], {})],
    ["lookup in a weight", (b, _, w) => b.add("lookup", [w, ids(b)], {})],
    ["lookup by numbers", (b, x) => b.add("lookup", [b.add("table", [], { name: "t", width: 4 }), x], {})],
    ["slice past the end", (b, x) => b.add("slice", [x], { dim: 0, from: 2, to: 5 })],
    ["concat along a dim that is not there", (b, x) => b.add("concat", [x, x], { dim: 1 })],
    ["repeat_candidates of examples", (b, x) => b.add("repeat_candidates", [x], {})],
    ["a constant that is not finite", (b) => b.add("constant", [], { value: Number.NaN, dims: [1] })],
  ] as readonly (readonly [string, (b: GraphBuilder, x: NodeId, w: NodeId) => NodeId])[])(
    "refuse %s",
    (_, make) => {
      expect(() => typeOf(make)).toThrow(InternalError);
    },
  );
});

function ids(builder: GraphBuilder): NodeId {
  return builder.add(
    "input",
    [],
    namedInput({ name: "ids", type: { rows: EXAMPLES, dims: [], dtype: "i32" } }),
  );
}
