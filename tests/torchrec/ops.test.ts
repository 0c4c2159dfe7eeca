// Every op that a forward Graph may have, as PyTorch computes it: values are the reference's, and autograd's
// gradients those of dinc's own rules, in f64 and f32. One Python process runs all samples.

import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { FunctionWriter, type WrittenNode } from "../../compiler/backends/torchrec/function-writer.ts";
import { Imports } from "../../compiler/backends/torchrec/imports.ts";
import { lowerings } from "../../compiler/backends/torchrec/lowerings/index.ts";
import { PythonNames } from "../../compiler/backends/torchrec/names.ts";
import { atom, identifier } from "../../compiler/backends/torchrec/python.ts";
import { Random } from "../../compiler/common/random.ts";
import { differentiation } from "../../compiler/middle/autodiff/differentiate.ts";
import { GraphBuilder } from "../../compiler/middle/builder/builder.ts";
import { evaluateNodes } from "../../compiler/middle/builder/evaluate.ts";
import type { OpName } from "../../compiler/middle/graph/attributes.ts";
import { copyInto } from "../../compiler/middle/graph/copy.ts";
import type { RowLayout } from "../../compiler/middle/graph/define-op.ts";
import type { NodeId } from "../../compiler/middle/graph/graph.ts";
import { opUse } from "../../compiler/middle/graph/narrow.ts";
import type { Rows } from "../../compiler/middle/graph/types.ts";
import { ops } from "../../compiler/middle/ops/registry.ts";
import { root } from "../cli/spawn.ts";
import { difference } from "../ops/comparison.ts";
import { type OpCase, opCases, type Run, runsOf, type Sample } from "../ops/op-cases.ts";
import { namedInput } from "../support/named-input.ts";
import { ran } from "./forks.ts";
import { MISSING, torchPython } from "./python.ts";

/** One sample as a Python function, over all runs of its case. */
interface PythonSample {
  readonly op: OpName;
  readonly name: string;
  readonly source: string;
  readonly arguments: readonly { readonly name: string; readonly kind: "float" | "int" | "steps" }[];
  readonly training: boolean;
  /** Neighbouring numbers that dropout leaves out together. */
  readonly together: number;
  readonly runs: readonly Record<string, unknown>[];
  readonly expected: readonly {
    readonly name: string;
    readonly value: ArrayLike<number>;
    readonly gradients: readonly (ArrayLike<number> | null)[];
    readonly r: ArrayLike<number>;
    readonly x: ArrayLike<number>;
  }[];
}

interface Found {
  readonly shape: readonly number[];
  readonly value: readonly number[];
  readonly gradients: readonly (readonly number[])[];
}

const imports = new Imports();
for (const line of ["import torch", "from torch import Tensor, nn"]) imports.line(line);
imports.from("ops", "Steps");

const forward = opCases().filter(({ op, per }) => per === "example" && typeof lowerings[op] === "function");
const samples = forward.flatMap((opCase) => opCase.samples.map((sample, i) => pythonOf(opCase, sample, i)));

function pythonOf(opCase: OpCase, { sample, inputs, output }: Sample, place: number): PythonSample {
  const { graph, op } = opCase;
  const name = `${op}_${place}`;
  const names = new PythonNames();
  const axes = new Map<string, string>();
  const steps = (axis: string) => {
    axes.set(axis, axes.get(axis) ?? names.fresh(`${identifier(axis)}_steps`));
    return axes.get(axis)!;
  };
  const writer = new FunctionWriter({ imports, names, steps, isDense: () => false }, 4);
  const isOwner = (i: number) => sample.ascending?.includes(i) === true;
  // What is drawn for a step is drawn by PyTorch.
  const read = op === "dropout" ? inputs.slice(0, 1) : inputs;
  const parameters = read.map((input, i) => {
    const parameter = `x${i}`;
    const { type } = graph.nodes[input]!;
    writer.define(i, type, atom(parameter));
    return { name: parameter, kind: isOwner(i) ? "steps" : type.dtype === "i32" ? "int" : "float" } as const;
  });
  const item: WrittenNode = {
    ...opUse(op, sample.attributes),
    id: -1,
    inputs: read.map((_, i) => i),
    type: graph.nodes[output]!.type,
  };
  writer.expect([...item.inputs, -1]);
  writer.compute(item, null, "always");
  writer.statement("return ", writer.operand(-1).piece);
  const all = [
    ...parameters,
    ...[...axes].map(([, parameter]) => ({ name: parameter, kind: "steps" as const })),
  ];
  const source = [`def ${name}(self, ${all.map((each) => each.name).join(", ")}):`, ...writer.lines].join(
    "\n",
  );
  const made = runsOf(opCase).map((run) => valuesOf(opCase, { sample, inputs, output }, run, axes));
  return {
    op,
    name,
    source,
    arguments: all,
    training: true,
    together: "whole" in sample.attributes ? graph.nodes[output]!.type.dims.at(-1)! : 1,
    runs: made.map(({ given }) => given),
    expected: made.map(({ expected }) => expected),
  };
}

/** What a run feeds, and what the reference and the op's own rule give. */
function valuesOf(
  { graph, definition, op }: OpCase,
  { sample, inputs, output }: Sample,
  { name, layout, feeds }: Run,
  axes: ReadonlyMap<string, string>,
) {
  const builder = new GraphBuilder();
  for (const parameter of graph.parameters.values()) builder.declare(parameter);
  const copyOf = copyInto(builder, graph.nodes);
  const { type } = graph.nodes[output]!;
  const gradient = builder.add("input", [], namedInput({ name: "r", type }));
  const rules = definition.gradient!({
    ...{
      attributes: sample.attributes,
      inputs: inputs.map((input) => graph.nodes[input]!.type),
      output: type,
    },
    ...{ graph: builder, inputIds: inputs.map(copyOf), outputId: copyOf(output), gradient, differentiation },
  });
  const values = evaluateNodes(graph, feeds, layout.rows);
  const random = Random.of(7, name);
  const r = Float64Array.from({ length: values[output]!.length }, () => random.normal());
  const all = evaluateNodes(builder.finish(), { ...feeds, inputs: { ...feeds.inputs, r } }, layout.rows);
  const given: Record<string, unknown> = { r: Array.from(r) };
  inputs.forEach((input, i) => {
    const { rows, dims } = graph.nodes[input]!.type;
    const numbers = Array.from(values[input]!);
    const count = rows.kind === "once" ? [] : [layout.rows.count(rows)];
    given[`x${i}`] =
      sample.ascending?.includes(i) === true
        ? { rows: owners(rows, layout.rows), row_of: numbers }
        : { shape: [...count, ...dims], numbers };
  });
  for (const [axis, parameter] of axes) {
    const rows = layout.rows.count({ kind: "each", per: "example" });
    const row_of = Array.from(layout.rows.segments({ kind: "steps", per: "example", history: axis }));
    given[parameter] = { rows, row_of };
  }
  const floats = inputs.map((_, i) => i).filter((i) => graph.nodes[inputs[i]!]!.type.dtype === "f32");
  const gradients = floats
    .filter((i) => op !== "dropout" || i === 0)
    .map((i) => {
      const rule: NodeId | null = rules[i] ?? null;
      return rule === null ? null : all[rule]!;
    });
  return { given, expected: { name, value: values[output]!, gradients, r, x: values[inputs[0] ?? output]! } };
}

function owners(rows: Rows, layout: RowLayout): number {
  if (rows.kind !== "elements") throw new Error("only values of sets have owners");
  return layout.count(rows.of);
}

test("ops have a form, or it is said why not: those of a forward Graph do", () => {
  const without = (Object.keys(ops) as OpName[]).filter((op) => typeof lowerings[op] === "string");
  for (const op of without) expect(lowerings[op]).toMatch(/^(of gradients|of ranking|given)$/);
  expect(new Set(samples.map(({ op }) => op)).size).toBe(Object.keys(ops).length - without.length);
});

describe.skipIf(torchPython() === null)(`in Python (${MISSING})`, () => {
  let results: readonly (readonly (readonly [Found, Found])[])[];

  beforeAll(async () => {
    const sent = samples.map(({ name, source, arguments: given, training, runs }) => ({
      name,
      source,
      arguments: given,
      training,
      runs,
    }));
    const package_ = join(root, "runtime/torchrec");
    const found = await ran(join(import.meta.dirname, "ops.py"), {
      package: package_,
      imports: imports.lines(),
      samples: sent,
    });
    results = found as typeof results;
  });

  test.each(samples.map(({ name }, i) => ({ name, i })))("$name", ({ i }) => {
    const { op, expected, together } = samples[i]!;
    expected.forEach((wanted, run) => {
      for (const [k, found] of results[i]![run]!.entries()) {
        const where = `${wanted.name}, ${k === 0 ? "f64" : "f32"}`;
        const close = (x: ArrayLike<number>, y: ArrayLike<number>) =>
          difference(x, y, k === 0 ? 1e-9 : 5e-5, k === 0 ? 1e-9 : 1e-5);
        if (op === "dropout") {
          expect(leftOut(wanted, found, together, close), where).toBeNull();
          continue;
        }
        expect(close(found.value, wanted.value), where).toBeNull();
        wanted.gradients.forEach((gradient, input) => {
          // Statistics are not trained.
          if (op === "batch_mean" && input === 1) return;
          const rule = gradient ?? new Float64Array(found.gradients[input]!.length);
          expect(close(found.gradients[input]!, rule), `${where}, gradient by input ${input}`).toBeNull();
        });
      }
    });
  });
});

/** That each number is left out or scaled by what the others of its sample are, and its gradient with it. */
function leftOut(
  { x, r }: PythonSample["expected"][number],
  { value, gradients }: Found,
  together: number,
  close: (x: ArrayLike<number>, y: ArrayLike<number>) => string | null,
): string | null {
  const kept = value.findIndex((each, i) => each !== 0 && x[i] !== 0);
  const scale = kept < 0 ? 1 : value[kept]! / x[kept]!;
  const factors = value.map((_, i) => (value[i - (i % together)] === 0 ? 0 : scale));
  return (
    close(
      value,
      factors.map((factor, i) => factor * x[i]!),
    ) ??
    close(
      gradients[0]!,
      factors.map((factor, i) => factor * r[i]!),
    )
  );
}
