// Generated over the registry: every op has samples, its shape rule says what comes out, and its gradient is what
// central differences of its reference give in f64.

import { describe, expect, test } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import { differentiation } from "../../compiler/middle/autodiff/differentiate.ts";
import { GraphBuilder } from "../../compiler/middle/builder/builder.ts";
import { evaluate, evaluateNodes, type Feeds } from "../../compiler/middle/builder/evaluate.ts";
import type { OpName } from "../../compiler/middle/graph/attributes.ts";
import { copyInto } from "../../compiler/middle/graph/copy.ts";
import type { RowLayout } from "../../compiler/middle/graph/define-op.ts";
import type { Node, NodeId, ValidGraph } from "../../compiler/middle/graph/graph.ts";
import { ops } from "../../compiler/middle/ops/registry.ts";
import { sameType } from "../../compiler/middle/ops/support/shapes.ts";
import { sweep } from "../support/how-often.ts";
import { namedInput } from "../support/named-input.ts";
import { difference } from "./comparison.ts";
import { type OpCase, opCases, runsOf, type Sample } from "./op-cases.ts";

const cases = opCases();

describe("registry", () => {
  test.each(Object.keys(ops) as OpName[])("%s has samples, a name of its own and documentation", (op) => {
    expect(cases.some((opCase) => opCase.op === op)).toBe(true);
    expect(ops[op].name).toBe(op);
    expect(ops[op].doc).toMatch(/\S\.$/);
    if (ops[op].gradient === null) expect(op).toMatch(/_gradient$/);
  });
});

describe.each(sweep(cases, 3))("$op over rows of the kind $per", (opCase) => {
  test("gives finite numbers, as many as its type says", () => {
    for (const { name, layout, feeds } of runsOf(opCase)) {
      // `evaluate` holds every value's length against its type.
      for (const [output, values] of evaluate(opCase.graph, feeds, layout.rows).outputs)
        expect(values.every(Number.isFinite), `${output}, ${name}`).toBe(true);
    }
  });

  // What occurs in gradients only is tested with the op whose gradient it is.
  if (opCase.definition.gradient === null) return;
  test("has the gradient that finite differences have", () => {
    for (const { name, layout, feeds } of runsOf(opCase, 1))
      for (const [i, sample] of opCase.samples.entries())
        checkGradients(opCase, sample, feeds, layout.rows, `sample ${i}, ${name}`);
  });
});

/** ∂/∂x of Σ r · y with a random r, by the op's rule and by moving each number of x. */
function checkGradients(
  { graph, definition }: OpCase,
  { sample, inputs, output }: Sample,
  feeds: Feeds,
  layout: RowLayout,
  name: string,
): void {
  const builder = new GraphBuilder();
  for (const parameter of graph.parameters.values()) builder.declare(parameter);
  const copyOf = copyInto(builder, graph.nodes);
  const type = graph.nodes[output]!.type;
  const cotangent = builder.add("input", [], namedInput({ name: "r", type }));
  const rules = definition.gradient!({
    attributes: sample.attributes,
    inputs: inputs.map((input) => graph.nodes[input]!.type),
    output: type,
    graph: builder,
    inputIds: inputs.map(copyOf),
    outputId: copyOf(output),
    gradient: cotangent,
    differentiation,
  });
  const random = Random.of(7, name);
  const length = evaluateNodes(graph, feeds, layout)[output]!.length;
  const r = Float64Array.from({ length }, () => random.normal());
  const withGradients = evaluateNodes(builder.finish(), { ...feeds, inputs: { ...feeds.inputs, r } }, layout);
  expect(rules, name).toHaveLength(inputs.length);
  inputs.forEach((input, k) => {
    const node = graph.nodes[input]!;
    const rule = rules[k] ?? null;
    if (node.type.dtype === "i32") {
      expect(rule, `${name}: ids have no gradient`).toBeNull();
      return;
    }
    if (definition.stopsGradient === true) {
      expect(rule, name).toBeNull();
      return;
    }
    const moved = movedSums(graph, node, output, r, feeds, layout, (sample.range?.[0] ?? -1) > 0);
    if (rule !== null)
      expect(sameType(builder.typeOf(rule), node.type), `${name}: type of gradient ${k}`).toBe(true);
    const given = rule === null ? new Float64Array(moved.length) : withGradients[rule]!;
    expect(difference(given, moved, 1e-6, 1e-6), `${name}, gradient ${k}`).toBeNull();
  });
}

/** For each number of `source` the central difference of Σ r · y. */
function movedSums(
  graph: ValidGraph,
  source: Node,
  output: NodeId,
  r: Float64Array,
  feeds: Feeds,
  layout: RowLayout,
  relative: boolean,
): Float64Array {
  const group = ({ input: "inputs", parameter: "parameters", table: "tables" } as const)[
    source.op as "input" | "parameter" | "table"
  ];
  const { name } = source.attributes as { readonly name: string };
  const values = feeds[group][name]!;
  const yAt = (i: number, value: number): Float64Array => {
    const changed = Float64Array.from(values);
    changed[i] = value;
    return evaluateNodes(graph, { ...feeds, [group]: { ...feeds[group], [name]: changed } }, layout)[output]!;
  };
  return Float64Array.from(values, (value, i) => {
    const step = 1e-6 * (relative ? value : Math.max(1, Math.abs(value)));
    const above = yAt(i, value + step);
    const below = yAt(i, value - step);
    return r.reduce((sum, weight, k) => sum + weight * (above[k]! - below[k]!), 0) / (2 * step);
  });
}
