// Calls of blocks: applied to each step, matched by width, checked once for all widths, unfolded with layers of their
// own.

import { describe, expect, test } from "vitest";
import type { Graph } from "../../compiler/middle/graph/graph.ts";
import { codesOf, graphOf, specOf } from "./support.ts";

const score = `block score(query: Vec[d], key: Vec[d]) -> Vec[1] {
  concat(query, key) |> dense(2, relu) |> dense(1)
}`;

function parameters(graph: Graph): Record<string, readonly number[]> {
  return Object.fromEntries([...graph.parameters].map(([name, { dims }]) => [name, dims]));
}

function typesOf(graph: Graph, op: string): string[] {
  const types = graph.nodes
    .filter((node) => node.op === op)
    .map(({ type }) => `${type.rows.kind} ${type.dims}`);
  return [...new Set(types)].sort();
}

describe("a block of vectors applies to each step of a sequence", () => {
  test("whichever argument is the sequence", () => {
    for (const call of ["score(item_id, buys)", "score(buys, item_id)", "score(buys, buys)"])
      expect(codesOf(specOf(`let x = sum(${call} * buys)`, score))).toEqual([]);
  });

  test("what does not vary is repeated; the layers run over steps", () => {
    const graph = graphOf(specOf("let x = sum(score(item_id, buys) * buys)", score));
    expect(typesOf(graph, "repeat")).toEqual(["steps 4"]);
    expect(typesOf(graph, "matmul")).toEqual(["each 1", "steps 1", "steps 2"]);
  });

  test("its result varies along the axis even where the body reads the other argument only", () => {
    const first = "block first(a: Vec[d], _b: Vec[n]) -> Vec[d] { a }";
    expect(codesOf(specOf("let x = first(item_id, buys)", first))).toEqual(["DIN0239"]);
    const graph = graphOf(specOf("let x = sum(first(item_id, buys))", first));
    expect(typesOf(graph, "repeat")).toEqual(["steps 4"]);
  });

  test("two axes never meet, nor does a step meet a whole history", () => {
    expect(codesOf(specOf("let x = sum(score(clicks.item_id, buys))", score))).toEqual(["DIN0275"]);
    const whole = "block whole(q: Vec[d], k: Seq[h, d]) -> Vec[d] { sum(q * k) }";
    expect(codesOf(specOf("let x = whole(item_id, buys)", whole))).toEqual([]);
    expect(codesOf(specOf("let x = sum(whole(buys, buys))", whole))).toEqual(["DIN0281"]);
  });

  test("inside, a step is a vector: reducing it is a mistake in the block", () => {
    expect(
      codesOf(specOf("let x = sum(twice(buys))", "block twice(a: Vec[d]) -> Vec[d] { sum(a) }")),
    ).toEqual(["DIN0276"]);
    expect(codesOf(specOf("let x = sum(twice(buys))", "block twice(a: Vec[d]) { sum(a) }"))).toEqual([
      "DIN0276",
    ]);
  });
});

describe("widths are matched", () => {
  const half = "block half(a: Vec[2*d], b: Vec[d + 1]) -> Vec[d] { dense(concat(a, b), d) }";

  test("in whichever order they can be solved", () => {
    const graph = graphOf(specOf("let x = half(item_id, cate_id)", half));
    expect(parameters(graph)["net.x.half.dense_1.kernel"]).toEqual([7, 2]);
    const sum = "block sum_of(a: Vec[d + n], b: Vec[n]) -> Vec[d] { dense(concat(a, b), d) }";
    expect(
      parameters(graphOf(specOf("let x = sum_of(item_id, cate_id)", sum)))["net.x.sum_of.dense_1.kernel"],
    ).toEqual([7, 1]);
  });

  test("and must fit together", () => {
    expect(codesOf(specOf("let x = half(item_id, item_id)", half))).toEqual(["DIN0280"]);
    expect(codesOf(specOf("let x = half(cate_id, cate_id)", half))).toEqual(["DIN0280"]);
  });

  test("the caller's variables are not the block's: both may be called `d`", () => {
    const blocks = `block inner(a: Vec[n], b: Vec[n + d]) -> Vec[d] { dense(concat(a, b), d) }
block outer(a: Vec[d], b: Vec[d + d + 1]) -> Vec[d + 1] { inner(a, b) }`;
    const graph = graphOf(specOf("let x = outer(cate_id, concat(cate_id, item_id))", blocks));
    expect(parameters(graph)["net.x.outer.inner.dense_1.kernel"]).toEqual([10, 4]);
  });

  test("a block is checked for all widths, even where its one use would fit", () => {
    const blocks = "block add(a: Vec[d], b: Vec[n]) -> Vec[d] { a + b }";
    expect(codesOf(specOf("let x = add(item_id, user_id)", blocks))).toEqual(["DIN0274"]);
    expect(codesOf(specOf("let x = add(item_id, user_id)", "block add(a, b) { a + b }"))).toEqual([]);
  });

  test("a `fold` over any list gives some width, which only a layer can fix", () => {
    const tower = (result: string) =>
      `block tower(x: Vec[d], units: List[Int]) -> ${result} { mlp(x, units) |> dense(1) }`;
    const graph = graphOf(specOf("let x = tower(item_id, [3, 2])", tower("Vec[1]")));
    expect(parameters(graph)["net.x.tower.dense_1.kernel"]).toEqual([2, 1]);
    const same = "block tower(x: Vec[d], units: List[Int]) -> Vec[d] { x + mlp(x, units) }";
    expect(codesOf(specOf("let x = tower(item_id, [4])", same))).toEqual(["DIN0274"]);
  });

  test("a step of `fold` that keeps the type is checked for all depths", () => {
    const deep =
      "block deep(x0: Vec[d], depth: Int) -> Vec[d] { fold(1..depth, x0, (x, _) => x0 * dense(x, d) + x) }";
    const graph = graphOf(specOf("let x = deep(item_id, 3)", deep));
    expect(Object.keys(parameters(graph)).filter((name) => name.endsWith("kernel"))).toEqual([
      "net.x.deep.dense_1.kernel",
      "net.x.deep.dense_2.kernel",
      "net.x.deep.dense_3.kernel",
      "net.click.dense_1.kernel",
    ]);
  });
});

describe("every use has layers of its own", () => {
  test("named by the path, numbered from the second", () => {
    const net =
      "let a = score(item_id, user_id)\nlet x = score(item_id, user_id) + score(user_id, item_id) * a";
    const names = [...graphOf(specOf(net, score)).parameters.keys()].filter((name) =>
      name.endsWith("dense_1.kernel"),
    );
    expect(names).toEqual([
      "net.a.score.dense_1.kernel",
      "net.x.score.dense_1.kernel",
      "net.x.score_2.dense_1.kernel",
      "net.click.dense_1.kernel",
    ]);
  });

  test("however values and blocks are called", () => {
    const blocks = `block deep(x: Vec[d]) -> Vec[1] {
  let dense_1 = dense(x, 3)
  dense(dense_1, 1) + dense_2(x)
}
block dense_2(x: Vec[d]) -> Vec[1] { dense(x, 1) }`;
    const graph = graphOf(specOf("let x = deep(item_id) + deep(user_id) + dense(item_id, 1)", blocks));
    expect(graph.parameters.size).toBe(16);
  });

  test("what is not used is not built", () => {
    const net = "let x = choose(dense(item_id, 3), dense(user_id, 5))";
    const graph = graphOf(specOf(net, "block choose(a: Vec[d], _b: Vec[n]) -> Vec[d] { a }"));
    expect(parameters(graph)).not.toHaveProperty("net.x.dense_2.kernel");
    expect(parameters(graph)).toHaveProperty("net.x.dense_1.kernel");
  });
});

describe("blocks that use themselves are reported once", () => {
  test.each([
    ["directly", "block f(a: Vec[d]) -> Vec[d] { f(a) }"],
    ["in a circle", "block f(a: Vec[d]) -> Vec[d] { g(a) }\nblock g(a: Vec[d]) -> Vec[d] { f(a) }"],
    ["through a default", "block f(a: Vec[d], g: Activation = f) -> Vec[d] { g(a) }"],
    ["through an argument", "block apply(a, g) { g(a, g) }\nblock f(a) { apply(a, apply) }"],
  ])("%s", (_, blocks) => {
    expect(codesOf(specOf("let x = f(item_id)", blocks))).toEqual(["DIN0273"]);
  });
});
