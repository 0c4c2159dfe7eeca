// Generated over the registry: what an op's traits say holds for its reference on every sample.

import { describe, expect, test } from "vitest";
import { evaluateNodes, type Feeds } from "../../compiler/middle/builder/evaluate.ts";
import type { ReferenceValue, RowLayout } from "../../compiler/middle/graph/define-op.ts";
import { rowsKey, sizeOf } from "../../compiler/middle/graph/types.ts";
import { hasTrait } from "../../compiler/middle/ops/registry.ts";
import { type OpCase, opCases, runsOf, type Sample } from "./op-cases.ts";

interface Run {
  readonly values: readonly ReferenceValue[];
  /** The output, with other numbers in the inputs. */
  readonly again: (inputs: readonly ReferenceValue[]) => ReferenceValue;
}

function runOf(
  { graph, definition }: OpCase,
  { sample, inputs, output }: Sample,
  feeds: Feeds,
  layout: RowLayout,
): Run {
  const all = evaluateNodes(graph, feeds, layout);
  const context = {
    attributes: sample.attributes,
    inputs: inputs.map((input) => graph.nodes[input]!.type),
    output: graph.nodes[output]!.type,
  };
  return {
    values: inputs.map((input) => all[input]!),
    again: (values) => definition.reference(values, context, layout),
  };
}

/** `check` for every sample of the ops that have a trait, over every kind of rows. */
function forAll(
  has: (opCase: OpCase) => boolean,
  check: (opCase: OpCase, sample: Sample, run: Run, layout: RowLayout) => void,
): void {
  let checked = 0;
  for (const opCase of opCases().filter(has))
    for (const { layout, feeds } of runsOf(opCase, 1))
      for (const sample of opCase.samples) {
        check(opCase, sample, runOf(opCase, sample, feeds, layout.rows), layout.rows);
        checked++;
      }
  expect(checked).toBeGreaterThan(0);
}

/** The numbers of a value that change where `from` … `to` of all inputs like it do. */
function changed(
  { graph }: OpCase,
  { inputs, output }: Sample,
  run: Run,
  from: number,
  to: number,
): number[] {
  const { rows, dims } = graph.nodes[output]!.type;
  const moved = run.values.map((value, i) => {
    const { type } = graph.nodes[inputs[i]!]!;
    if (type.dtype !== "f32" || rowsKey(type.rows) !== rowsKey(rows)) return value;
    const scale = sizeOf(type.dims) / sizeOf(dims);
    return value.map((x, n) => (n >= from * scale && n < to * scale ? x + 0.37 : x));
  });
  const [before, after] = [run.again(run.values), run.again(moved)];
  return [...before.keys()].filter((n) => before[n] !== after[n]);
}

describe("traits of ops hold for their references", () => {
  test("a row of the output follows from the same row of the inputs", () => {
    forAll(
      ({ op }) => hasTrait(op, "byRow") || hasTrait(op, "elementwise"),
      (opCase, sample, run, layout) => {
        const { rows, dims } = opCase.graph.nodes[sample.output]!.type;
        if (rows.kind === "once") return;
        const size = sizeOf(dims);
        for (let row = 0; row < Math.min(3, layout.count(rows)); row++)
          for (const n of changed(opCase, sample, run, row * size, (row + 1) * size))
            expect(Math.floor(n / size), opCase.op).toBe(row);
      },
    );
  });

  test("all rows become one value", () => {
    forAll(
      ({ op }) => hasTrait(op, "reducesRows"),
      ({ graph, op }, { output }) => expect(graph.nodes[output]!.type.rows.kind, op).toBe("once"),
    );
  });

  test("each row is one of the input, or 0", () => {
    forAll(
      ({ op }) => hasTrait(op, "movesRows"),
      ({ graph, op }, { output }, run) => {
        const size = sizeOf(graph.nodes[output]!.type.dims);
        const rowsOf = (value: ReferenceValue) =>
          Array.from({ length: value.length / size }, (_, i) => value.slice(i * size, (i + 1) * size).join());
        const known = new Set([...rowsOf(run.values[0]!), new Float64Array(size).join()]);
        for (const row of rowsOf(run.again(run.values))) expect(known.has(row), op).toBe(true);
      },
    );
  });

  test("a view is a part of its input", () => {
    forAll(
      ({ definition }) => definition.viewFrom !== undefined,
      ({ graph, definition, op }, { sample: { attributes }, output }, run) => {
        const from = definition.viewFrom!({ attributes, output: graph.nodes[output]!.type });
        const value = run.again(run.values);
        if (from !== null)
          expect([...value], op).toEqual([...run.values[0]!.slice(from, from + value.length)]);
      },
    );
  });
});
