// The growth of a request's values: rows that are said to remain are the same, by the ops' references, when steps are added
// and when the first ones leave. Over every op of the registry, over random Graphs, and over the zoo.

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import { evaluateNodes, type Feeds } from "../../compiler/middle/builder/evaluate.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import { stepsAlong } from "../../compiler/middle/graph/derived-axes.ts";
import type { Graph, Node } from "../../compiler/middle/graph/graph.ts";
import { requestLayout } from "../../compiler/middle/graph/layout.ts";
import { type Rows, sizeOf } from "../../compiler/middle/graph/types.ts";
import { toRequest } from "../../compiler/middle/passes/request.ts";
import { type GrowthKind, growthOf } from "../../compiler/middle/programs/growth.ts";
import { inputNames } from "../../compiler/middle/programs/program.ts";
import { rankingProgram } from "../../compiler/middle/programs/ranking.ts";
import { HISTORY, opCases } from "../ops/op-cases.ts";
import { trainedOf } from "../serve/compiled.ts";
import { runs } from "../support/how-often.ts";
import { graphs, isCandidate } from "../support/random-graph.ts";

const CANDIDATES = 2;
const TABLE_ROWS = 7;
/** The sizes of sets, in the order of their rows. */
const SIZES = [2, 0, 3, 1];

/** The steps from `from` up to, but not including, `to` of one long history. */
interface Window {
  readonly from: number;
  readonly to: number;
}

/** The rows of a source, as numbers that stay with a step wherever the window is; and their numbers in the window. */
function rowsIn(rows: Rows, window: Window): readonly (readonly [name: string, place: number])[] {
  const isDerived = rows.kind === "steps" && rows.history !== HISTORY;
  const length = isDerived
    ? stepsAlong(rows.history, () => window.to - window.from)
    : window.to - window.from;
  const steps = Array.from({ length }, (_, i) => window.from + i);
  switch (rows.kind) {
    case "once":
      return [["once", 0]];
    case "table":
      return Array.from({ length: TABLE_ROWS }, (_, i) => [`${i}`, i] as const);
    case "each":
      return Array.from({ length: rows.per === "request" ? 1 : CANDIDATES }, (_, i) => [`${i}`, i] as const);
    case "steps":
      return rows.per === "request"
        ? steps.map((step, i) => [`${step}`, i] as const)
        : Array.from({ length: CANDIDATES }, (_, c) =>
            steps.map((step, i) => [`${c} ${step}`, c * steps.length + i] as const),
          ).flat();
    case "elements":
      return rowsIn(rows.of, window).flatMap(([name, place]) =>
        Array.from({ length: SIZES[sum(name) % SIZES.length]! }, (_, k) => [`${name} ${k}`, place] as const),
      );
  }
}

const sum = (name: string) => name.split(" ").reduce((total, part) => total + Number(part), 0);

function feedsOf(graph: Graph, window: Window, rangeOf: (node: Node) => readonly [number, number]): Feeds {
  const values: Record<"input" | "parameter" | "table", Record<string, Float64Array>> = {
    ...{ input: {}, parameter: {}, table: {} },
  };
  for (const node of graph.nodes) {
    if (node.op !== "input" && node.op !== "parameter" && node.op !== "table") continue;
    const { name } = node.attributes;
    const { rows, dims, dtype } = node.type;
    const isOwner = rows.kind === "elements" && name === inputNames.rowOf(rows.set);
    const [low, high] = rangeOf(node);
    values[node.op][name] = Float64Array.from(
      rowsIn(rows, window).flatMap(([row, place]) => {
        const random = Random.of(3, `${name} ${row}`);
        if (isOwner) return [place];
        return Array.from({ length: sizeOf(dims) }, () =>
          dtype === "i32" ? random.integer(TABLE_ROWS) : low + (high - low) * random.next(),
        );
      }),
    );
  }
  return { inputs: values.input, parameters: values.parameter, tables: values.table };
}

/** By kind of growth, the ops of the values that have it; every value is held to its kind. */
function heldTo(
  graph: Graph,
  histories: readonly string[],
  rangeOf: (node: Node) => readonly [number, number] = () => [-1, 1],
): Map<GrowthKind, Set<string>> {
  const all = { from: 0, to: 6 };
  const [before, after, later] = [{ from: 0, to: 4 }, all, { from: 2, to: 6 }].map((window) => {
    const named = new Map<string, number>();
    const tables = new Map<string, number>();
    for (const { type } of graph.nodes) {
      if (type.rows.kind === "elements") named.set(type.rows.set, rowsIn(type.rows, window).length);
      if (type.rows.kind === "table") tables.set(type.rows.table, TABLE_ROWS);
    }
    const layout = requestLayout({
      candidates: CANDIDATES,
      steps: Object.fromEntries(histories.map((history) => [history, window.to - window.from])),
      tables: Object.fromEntries(tables),
      elements: Object.fromEntries(named),
    });
    return evaluateNodes(graph, feedsOf(graph, window, rangeOf), layout);
  });
  const kinds = new Map<GrowthKind, Set<string>>();
  for (const [id, { kind }] of growthOf(graph)) {
    const node = graph.nodes[id]!;
    kinds.set(kind, (kinds.get(kind) ?? new Set()).add(node.op));
    const [short, long, moved] = [before![id]!, after![id]!, later![id]!];
    const size = sizeOf(node.type.dims);
    if (kind === "fixed") expect([long, moved], node.op).toEqual([short, short]);
    if (kind === "step" || kind === "prefix") expect(long.slice(0, 4 * size), node.op).toEqual(short);
    if (kind === "step") expect(moved, node.op).toEqual(long.slice(2 * size));
  }
  return kinds;
}

test("every op keeps the rows that its growth says", () => {
  const found = new Map<GrowthKind, Set<string>>();
  for (const { graph, samples, per } of opCases()) {
    if (per !== "request") continue;
    const rangeOf = (node: Node): readonly [number, number] => {
      const reader = samples.find(({ inputs }) => inputs.includes(node.id));
      if (reader?.sample.places?.includes(reader.inputs.indexOf(node.id)) === true) return [0, 0];
      return reader?.sample.range ?? [-2, 2];
    };
    for (const [kind, ops] of heldTo(graph, [HISTORY], rangeOf))
      for (const op of ops) found.set(kind, (found.get(kind) ?? new Set()).add(op));
  }
  expect([...found.get("prefix")!].toSorted()).toEqual(["attention", "scan", "shift_steps"]);
  expect(found.get("step")).toContain("matmul");
  for (const op of ["sum_steps", "softmax_steps", "gather_positions", "attention", "scan"])
    expect(found.get("whole"), op).toContain(op);
});

test("values of random Graphs keep their rows", () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      heldTo(validate(toRequest(graph, isCandidate)), [HISTORY]);
    }),
    { numRuns: runs(60) },
  );
});

/** The ops of the values of each kind in the user's part of a model of the zoo. */
function growthsOf(name: string): Partial<Record<GrowthKind, readonly string[]>> {
  const { model, predict } = trainedOf(readFileSync(`examples/zoo/${name}.din`, "utf8"));
  const { nodes } = rankingProgram(model, predict);
  const found: Partial<Record<GrowthKind, string[]>> = {};
  for (const [id, { kind }] of growthOf({ nodes })) {
    const { op, type } = nodes[id]!;
    if (type.rows.kind === "steps" && op !== "input")
      found[kind] = [...new Set([...(found[kind] ?? []), op])];
  }
  return found;
}

test("models of the zoo keep what their networks allow", () => {
  // All keys of DIN follow from their own steps.
  expect(growthsOf("din")).toEqual({ step: ["lookup", "concat", "matmul", "add"] });
  // A step's matrix products are outside the recurrence.
  expect(growthsOf("gru4rec")).toEqual({ step: ["lookup", "matmul", "add"], prefix: ["scan"] });
  // Positions count from the latest step, so each event moves them all.
  expect(growthsOf("sasrec").step).toEqual(["lookup"]);
  expect(growthsOf("sasrec").whole).toContain("attention");
});
