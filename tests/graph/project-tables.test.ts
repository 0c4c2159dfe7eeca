// Projected tables: the same results, used where they pay and nowhere else.

import { describe, expect, test } from "vitest";
import { GraphBuilder } from "../../compiler/middle/builder/builder.ts";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import type { Graph, NodeId } from "../../compiler/middle/graph/graph.ts";
import { requestLayout } from "../../compiler/middle/graph/layout.ts";
import type { ElementsRows, Rows } from "../../compiler/middle/graph/types.ts";
import { dropDeadNodes } from "../../compiler/middle/passes/drop-dead-nodes.ts";
import { freezeStatistics } from "../../compiler/middle/passes/freeze-statistics.ts";
import {
  projectedTables,
  projectTables,
  type TableSizes,
  tablesBeside,
} from "../../compiler/middle/passes/project-tables.ts";
import { toRequest } from "../../compiler/middle/passes/request.ts";
import { namedInput } from "../support/named-input.ts";
import { dinGraph, distance, randomFeeds, TABLE_ROWS } from "./din-graph.ts";

const CANDIDATE: Rows = { kind: "each", per: "candidate" };
const CLICKS: Rows = { kind: "steps", per: "request", history: "clicks" };
const MIB = 2 ** 20;
const small: TableSizes = { rowsOf: () => TABLE_ROWS, bytes: 64 * MIB };

/** concat of a row of each table, and of a number where `more` says so, by a layer `outer` wide. */
function layer(
  tables: readonly (readonly [name: string, width: number, rows: Rows])[],
  outer: number,
  more = 0,
): Graph {
  const builder = new GraphBuilder();
  const given = (name: string, rows: Rows, dims: readonly number[], dtype: "f32" | "i32") =>
    builder.add("input", [], namedInput({ name, type: { rows, dims, dtype } }));
  const parts: NodeId[] = tables.map(([name, width, rows]) =>
    builder.add(
      "lookup",
      [builder.add("table", [], { name, width }), given(`${name}.ids`, rows, [], "i32")],
      {},
    ),
  );
  if (more > 0) parts.push(given("more", CANDIDATE, [more], "f32"));
  const x = parts.length === 1 ? parts[0]! : builder.add("concat", parts, { dim: 0 });
  const inner = builder.typeOf(x).dims[0]!;
  const zeros = { kind: "zeros" } as const;
  const w = builder.parameter({ name: "w", dims: [inner, outer], init: zeros, role: "weight" });
  builder.output("y", builder.add("matmul", [x, w], { transpose: false }));
  return builder.finish();
}

function expectSame(changed: Graph, graph: Graph, seed: number): void {
  const tables = new Map(
    graph.nodes.flatMap(({ type: { rows } }) => (rows.kind === "table" ? [[rows.table, TABLE_ROWS]] : [])),
  );
  const layout = requestLayout({
    candidates: 3,
    steps: { clicks: 4 },
    tables: Object.fromEntries(tables),
  });
  const feeds = randomFeeds(graph, layout, seed);
  const expected = evaluate(validate(graph), feeds, layout).outputs;
  const found = evaluate(validate(changed), feeds, layout).outputs;
  expect([...found.keys()]).toEqual([...expected.keys()]);
  for (const [name, values] of expected) expect(distance(found.get(name)!, values)).toBeLessThan(1e-10);
}

const project = (graph: Graph, sizes: TableSizes = small) => dropDeadNodes(projectTables(graph, sizes));
const widthsOf = (graph: Graph) => projectedTables(graph).map(({ table, width }) => `${table} ${width}`);

describe("results", () => {
  test("stay, and of a candidate's tables only lookups and sums remain", () => {
    const graph = layer(
      [
        ["item", 16, CANDIDATE],
        ["shop", 16, CANDIDATE],
      ],
      40,
    );
    const projected = project(graph);
    expect(widthsOf(projected)).toEqual(["item 40", "shop 40"]);
    const ofCandidates = projected.nodes.filter(
      ({ op, type: { rows } }) => op !== "input" && rows.kind === "each",
    );
    expect(ofCandidates.map(({ op }) => op)).toEqual(["lookup", "lookup", "add"]);
    expectSame(projected, graph, 1);
  });

  test("stay where a product has other parts too", () => {
    const graph = layer(
      [
        ["item", 16, CANDIDATE],
        ["price", 2, CANDIDATE],
      ],
      40,
      3,
    );
    const projected = project(graph);
    expect(widthsOf(projected)).toEqual(["item 40"]);
    expectSame(projected, graph, 2);
  });

  test.each([1, 2, 3, 4, 5, 6])("stay of a DIN all of whose tables are projected, seed %i", (seed) => {
    const forward = freezeStatistics(dinGraph(seed));
    const logit = new Map([["logit.click", forward.outputs.get("logit.click")!]]);
    const isCandidate = (name: string) => ["item_id", "cate_id", "price"].includes(name);
    const graph = toRequest(dropDeadNodes({ ...forward, outputs: logit }), isCandidate);
    const projected = dropDeadNodes(
      projectTables(graph, small, { reading: 0, readingOfSets: 0, leastShare: 0 }),
    );
    expectSame(projected, graph, seed);
  });

  test("two layers that share a table and a layer that reads it twice", () => {
    const graph = layer(
      [
        ["item", 16, CANDIDATE],
        ["item", 16, CANDIDATE],
      ],
      40,
    );
    const projected = project(graph);
    expect(widthsOf(projected)).toEqual(["item 40", "item 40"]);
    expectSame(projected, graph, 3);
  });
});

describe("sets", () => {
  const tags: ElementsRows = {
    ...{ kind: "elements", set: "tags", max: 5 },
    of: { kind: "each", per: "candidate" },
  };

  function pooled(pool: "sum" | "max", width: number, outer: number): Graph {
    const builder = new GraphBuilder();
    const table = builder.add("table", [], { name: "tags", width });
    const given = (name: string) =>
      builder.add("input", [], namedInput({ name, type: { rows: tags, dims: [], dtype: "i32" } }));
    const set = builder.add("pooled_lookup", [table, given("tags"), given("tags.rows")], { pool });
    const zeros = { kind: "zeros" } as const;
    const w = builder.parameter({ name: "w", dims: [width, outer], init: zeros, role: "weight" });
    builder.output("y", builder.add("matmul", [set, w], { transpose: false }));
    return builder.finish();
  }

  test("are added up in a projected table that is narrower", () => {
    expect(widthsOf(project(pooled("sum", 64, 16)))).toEqual(["tags 16"]);
  });

  test("are not where its rows are longer to add up, and never of a maximum", () => {
    expect(widthsOf(project(pooled("sum", 16, 64)))).toEqual([]);
    expect(widthsOf(project(pooled("max", 64, 16)))).toEqual([]);
  });
});

test("other tables of candidates are beside projected ones, the smallest first, as far as there is room", () => {
  const builder = new GraphBuilder();
  const rows = { wide: 100, narrow: 10, unknown: null, user: 5 };
  for (const name of Object.keys(rows)) {
    const owner: Rows = name === "user" ? { kind: "each", per: "request" } : CANDIDATE;
    const ids = builder.add("input", [], namedInput({ name, type: { rows: owner, dims: [], dtype: "i32" } }));
    builder.output(name, builder.add("lookup", [builder.add("table", [], { name, width: 2 }), ids], {}));
  }
  const rowsOf = (table: string) => rows[table as keyof typeof rows];
  const beside = (bytes: number) =>
    tablesBeside(builder.finish(), { rowsOf, bytes }).map(({ table, bytes: own }) => `${table} ${own}`);
  expect(beside(880)).toEqual(["narrow 80", "wide 800"]);
  expect(beside(879)).toEqual(["narrow 80"]);
  expect(beside(79)).toEqual([]);
});

describe("what does not pay stays", () => {
  const graph = layer([["item", 16, CANDIDATE]], 200);

  test("a table whose size is not known, or that is not of floats", () => {
    expect(project(graph, { ...small, rowsOf: () => null })).toEqual(dropDeadNodes(graph));
  });

  test("a table that the memory has no room for", () => {
    const bytes = TABLE_ROWS * 200 * 4;
    expect(widthsOf(project(graph, { ...small, bytes }))).toEqual(["item 200"]);
    expect(widthsOf(project(graph, { ...small, bytes: bytes - 1 }))).toEqual([]);
    expect(widthsOf(project(graph, { ...small, bytes: 0 }))).toEqual([]);
  });

  test("of two tables the one that saves less for its memory", () => {
    const two = layer(
      [
        ["item", 16, CANDIDATE],
        ["cate", 16, CANDIDATE],
      ],
      200,
    );
    const rowsOf = (table: string) => (table === "item" ? 84_000 : 1000);
    expect(widthsOf(project(two, { rowsOf, bytes: 64 * MIB }))).toEqual(["cate 200"]);
  });

  test("rows so narrow that a product is as fast as reading its result", () => {
    expect(widthsOf(project(layer([["item", 4, CANDIDATE]], 200)))).toEqual([]);
    expect(widthsOf(project(layer([["item", 8, CANDIDATE]], 200)))).toEqual(["item 200"]);
  });

  test("a history's keys, beside candidates that have more to compute", () => {
    const builder = new GraphBuilder();
    const history = layer([["item", 16, CLICKS]], 80);
    for (const parameter of history.parameters.values()) builder.declare(parameter);
    const key = history.nodes
      .map(({ op, inputs, attributes }) => builder.add(op, inputs, attributes))
      .at(-1)!;
    const item = builder.add(
      "input",
      [],
      namedInput({ name: "x", type: { rows: CANDIDATE, dims: [64], dtype: "f32" } }),
    );
    const kernel = { name: "v", dims: [64, 400], init: { kind: "zeros" }, role: "weight" } as const;
    builder.output("y", key);
    builder.output("z", builder.add("matmul", [item, builder.parameter(kernel)], { transpose: false }));
    expect(widthsOf(project(builder.finish(), { ...small, rowsOf: () => 10_000_000 }))).toEqual([]);
    expect(widthsOf(project(builder.finish(), small))).toEqual([]);
  });
});
