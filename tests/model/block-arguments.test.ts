// Blocks and functions as arguments of a user's block: what can be given, what is computed, and what is said
// where it does not fit.

import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { passes, runPasses } from "../../compiler/middle/passes/pipeline.ts";
import {
  denseOf,
  diceOf,
  inner,
  mlpOf,
  networkOf,
  scale,
  type Vector,
  weighted,
} from "../support/network.ts";
import { codesOf, graphOf, specOf } from "./support.ts";

const POOLED = `block pooled(x: Seq[h, d], query: Vec[d], score: Block = dot) -> Vec[d] {
  sum(score(query, x) * x)
}`;

/** What `x` weighs each step of `buys` with, by the function that is given, for all examples. */
function expectWeights(
  given: string,
  weight: (item: Vector, step: Vector, network: ReturnType<typeof networkOf>) => number,
  blocks = POOLED,
): void {
  const network = networkOf(
    runPasses(graphOf(specOf(`  let x = ${given}`, blocks)), [passes.freezeStatistics]),
  );
  for (let i = 0; i < network.examples; i++) {
    const item = network.vector(i, "item_id");
    const buys = network.steps(i, "buys.item_id");
    const clicks = network
      .steps(i, "clicks.item_id")
      .map((id, step) => [...id, ...network.steps(i, "clicks.cate_id")[step]!]);
    const all = (steps: readonly Vector[], width: number) =>
      weighted(
        steps.map(() => 1),
        steps,
        width,
      );
    const x = weighted(
      buys.map((step) => weight(item, step, network)),
      buys,
      4,
    );
    const input = [
      ...["user_id", "item_id", "cate_id", "price"].flatMap((name) => network.vector(i, name)),
      ...all(clicks, 7),
      ...all(buys, 4),
      ...x,
    ];
    const expected = denseOf(network, "net.click.dense_1", input)[0]!;
    expect(network.output("logit.click")[i]![0]).toBeCloseTo(expected, 10);
  }
}

describe("a block may be given", () => {
  test("a function of the language, also as its default", () => {
    expectWeights("pooled(buys, item_id, score: dot)", inner);
    expectWeights("buys |> pooled(item_id)", inner);
  });

  test("a function that is written in place and reads what is around it", () => {
    expectWeights("pooled(buys, item_id, (q, k) => total(k * q) * 0.5)", (q, k) => 0.5 * inner(q, k));
    expectWeights("pooled(buys, user_id, (_, k) => dot(item_id, k))", inner);
  });

  test("a block of the library, whose layers are named after the block that uses it", () => {
    expectWeights("pooled(buys, item_id, activation_score)", (q, k, network) => {
      const name = "net.x.pooled.activation_score";
      const pair = [...q, ...k, ...q.map((value, i) => value - k[i]!), ...q.map((value, i) => value * k[i]!)];
      const h = mlpOf(network, `${name}.mlp`, pair, 2, (s, i) => diceOf(network, `${name}.mlp.dice_${i}`, s));
      return denseOf(network, `${name}.dense_1`, h)[0]!;
    });
  });

  test("a block of the spec, passed on by another block", () => {
    const blocks = `${POOLED}
block bilinear_score(a: Vec[d], b: Vec[d]) -> Vec[1] { dot(linear(a, d), b) }
block halved(x: Seq[h, d], query: Vec[d], score: Block) { 0.5 * pooled(x, query, score) }`;
    const name = "net.x.halved.pooled.bilinear_score.linear_1.kernel";
    expectWeights(
      "halved(buys, item_id, score: bilinear_score)",
      (q, k, network) => {
        const w = network.matrix(name);
        return (
          0.5 *
          inner(
            w[0]!.map((_, j) => q.reduce((total, value, i) => total + value * w[i]![j]!, 0)),
            k,
          )
        );
      },
      blocks,
    );
  });

  test("from a block that is checked for all widths", () => {
    const blocks = `${POOLED}
block twice(x: Seq[h, d], query: Vec[d]) -> Vec[d] { 2 * pooled(x, query, score: (q, k) => dot(q, k)) }`;
    expectWeights("twice(buys, item_id)", (q, k) => scale(2, [inner(q, k)])[0]!, blocks);
  });
});

test.each([
  ["no function", "score: user_id", "DIN0272"],
  ["a number", "score: 3", "DIN0272"],
  ["a function of one argument", "score: relu", "DIN0287"],
  ["a block of more arguments", "score: pooled_by_three", "DIN0287"],
  ["a function written with too few", "score: q => q", "DIN0287"],
  ["a function written with too many", "score: (q, k, v) => dot(q, k) * total(v)", "DIN0287"],
  ["a function that gives another width", "score: (q, _) => dense(q, 3)", "DIN0274"],
  ["what is not there", "score: dott", "DIN0260"],
])("what is wrong is said: %s", (_, given, code) => {
  const blocks = `${POOLED}
block pooled_by_three(a: Vec[d], b: Vec[d], c: Vec[d]) -> Vec[1] { dot(a, b * c) }`;
  const net = `  let y = pooled_by_three(user_id, item_id, user_id)\n  let x = y * pooled(buys, item_id, ${given})`;
  expect(codesOf(specOf(net, blocks))).toEqual([code]);
});

test("the result is compared with what the block promises, at each use", () => {
  const blocks = "block applied(x: Vec[d], f: Block) -> Vec[d] { f(x) }";
  expect(
    codesOf(specOf("  let x = applied(item_id, tanh) + applied(item_id, v => dense(v, 4))", blocks)),
  ).toEqual([]);
  expect(codesOf(specOf("  let x = applied(item_id, v => dense(v, 5))", blocks))).toEqual(["DIN0278"]);
  expect(codesOf(specOf("  let x = applied(item_id, v => sum(v * buys))", blocks))).toEqual([]);
});

test("a misspelt function is one away from its name", () => {
  const text = specOf("  let x = dense(item_id, 4, rleu)");
  expect(check(sourceFile("test.din", text)).diagnostics[0]!.help).toBe("did you mean `relu`?");
});

test("`Block` has no brackets", () => {
  expect(codesOf(specOf("  let x = f(item_id, relu)", "block f(x: Vec[d], g: Block[2]) { g(x) }"))).toEqual([
    "DIN0283",
  ]);
});
