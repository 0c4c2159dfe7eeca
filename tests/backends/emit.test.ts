// The GraphDef that Graphs become: what the signatures share, what they are fed, and the order of reads and updates.

import { describe, expect, it, test } from "vitest";
import { emitTensorflow, type GraphDefNode } from "../../compiler/backends/tensorflow/emit.ts";
import { GraphBuilder } from "../../compiler/middle/builder/builder.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import type { NodeId, Parameter, ValidGraph } from "../../compiler/middle/graph/graph.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { opCases } from "../ops/op-cases.ts";
import { installed } from "./installed.ts";
import { runOnce, wayNamed } from "./runners.ts";
import { smallProgram } from "./small-program.ts";

// Round a loop only, what the next run gets comes from after.
test.each(opCases())("$op over rows of the kind $per uses only nodes before it", ({ graph }) => {
  const { nodes, signatures } = emitTensorflow({ run: graph });
  const known = new Set<string>();
  for (const node of nodes) {
    const before = node.op === "Merge" ? node.inputs.slice(0, 1) : node.inputs;
    for (const input of before) expect(known).toContain(input.replace(/^\^|:\d+$/g, ""));
    expect(known).not.toContain(node.name);
    known.add(node.name);
  }
  for (const { inputs } of nodes.filter(({ op }) => op === "Merge")) expect(known).toContain(inputs[1]);
  expect([...signatures.get("run")!.outputs.keys()]).toEqual([...graph.outputs.keys()]);
});

const { step, predict } = smallProgram();
const module = emitTensorflow({ step, predict });
const byName = new Map(module.nodes.map((node) => [node.name, node]));

function nodesOf(op: string): GraphDefNode[] {
  return module.nodes.filter((node) => node.op === op);
}

describe("a training program as one GraphDef", () => {
  it("has each node once, after what it uses", () => {
    expect(byName.size).toBe(module.nodes.length);
    const seen = new Set<string>();
    for (const { name, inputs } of module.nodes) {
      for (const input of inputs) expect(seen).toContain(input.replace(/^\^/, ""));
      seen.add(name);
    }
  });

  it("shares one variable a parameter, and constants", () => {
    const names = nodesOf("VarHandleOp").map(({ attributes }) => attributes["shared_name"]);
    expect(names).toEqual([...step.parameters.keys()].map((value) => ({ kind: "string", value })));
    const constants = nodesOf("Const").map(({ attributes }) => JSON.stringify(attributes));
    expect(new Set(constants).size).toBe(constants.length);
  });

  it("is fed what each signature needs and no more", () => {
    const inputs = (name: string) => [...module.signatures.get(name)!.inputs.keys()].sort();
    const features = ["input.clicks.item", "input.item", "input.price", "segments.clicks", "table.item"];
    expect(inputs("predict")).toEqual(features);
    expect(inputs("step")).toEqual([...features, "input.label/click", "input.scalar/learning_rate"].sort());
    expect(inputs("parameters.write")).toEqual(
      [...step.parameters.keys()].map((name) => `parameter.${name}`).sort(),
    );
    expect(inputs("parameters.read")).toEqual([]);
  });

  it("assigns only after the signature's reads, and fetches only after its assignments", () => {
    const mine = module.nodes.filter(({ name }) => name.startsWith("step/"));
    const reads = mine.filter(({ op }) => op === "ReadVariableOp").map(({ name }) => `^${name}`);
    const assigns = mine.filter(({ op }) => op === "AssignVariableOp");
    expect(reads).toHaveLength(3);
    expect(assigns).toHaveLength(3);
    const [barrier, ...others] = mine.filter(({ op }) => op === "NoOp");
    expect(others).toEqual([]);
    expect(barrier!.inputs).toEqual(expect.arrayContaining(reads));
    for (const { inputs } of assigns) expect(inputs).toContain(`^${barrier!.name}`);
    for (const { tensor } of module.signatures.get("step")!.outputs.values())
      expect(byName.get(tensor.replace(/:0$/, ""))!.inputs).toEqual(
        expect.arrayContaining(assigns.map(({ name }) => `^${name}`)),
      );
  });
});

describe("updates happen all at once", () => {
  const parameter = (name: string): Parameter => ({
    name,
    dims: [2],
    init: { kind: "zeros" },
    role: "weight",
  });
  const layout = exampleLayout({ examples: 1, lengths: {}, tables: {} });
  const feeds = { inputs: {}, tables: {}, parameters: { a: [1, 2], b: [3, 4] } };

  /**
   * Swaps two parameters, as they are or what is computed from each; with `outputs` it also gives their
   * values before.
   */
  function swap(outputs: boolean, isComputed: boolean): ValidGraph {
    const graph = new GraphBuilder();
    const [a, b] = [graph.parameter(parameter("a")), graph.parameter(parameter("b"))];
    const next = (value: NodeId) => (isComputed ? graph.add("relu", [value], {}) : value);
    graph.update("a", next(b));
    graph.update("b", next(a));
    if (outputs) graph.output("sum", graph.add("add", [a, graph.add("add", [b, b], {})], {}));
    return validate(graph.finish());
  }

  const cases = installed.flatMap((name) =>
    [true, false].flatMap((outputs) =>
      [true, false].map((isComputed) => [name, outputs, isComputed] as const),
    ),
  );
  it.each(cases)("on %s, outputs %s, computed %s", async (name, outputs, isComputed) => {
    const result = await runOnce(wayNamed(name), swap(outputs, isComputed), feeds, layout);
    expect(result.updates).toEqual(
      new Map([
        ["a", Float32Array.of(3, 4)],
        ["b", Float32Array.of(1, 2)],
      ]),
    );
    expect(result.outputs.get("sum")).toEqual(outputs ? Float32Array.of(7, 10) : undefined);
  });
});
