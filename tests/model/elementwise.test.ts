// Functions that go number by number, and comparisons, against plain JavaScript on every back end: also where
// they have no value, where it is infinite, and at ties. Slopes at these places are those that the reference
// of the language states.

import { describe, expect, test } from "vitest";
import { differentiate } from "../../compiler/middle/autodiff/differentiate.ts";
import { GraphBuilder } from "../../compiler/middle/builder/builder.ts";
import { evaluate } from "../../compiler/middle/builder/evaluate.ts";
import { validate } from "../../compiler/middle/builder/validate.ts";
import { copyInto } from "../../compiler/middle/graph/copy.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { everywhere } from "../support/everywhere.ts";
import { codesOf, graphOf, specOf } from "./support.ts";

const textOf = (value: string) => `model numbers
features item {
  a : number
${/\bb\b/.test(value) ? "  b : number\n" : ""}}
label click : binary
net { predict click = sigmoid(${value}) }`;

const numbers = [-40, -2.5, -1, -0.5, 0, 0.25, 1, 2, 3, 6, 80];
const pairs = numbers.flatMap((a) => numbers.map((b) => [a, b] as const));
const feedsOf = (rows: readonly (readonly [number, number])[]) => ({
  inputs: { a: rows.map(([a]) => a), b: rows.map(([, b]) => b) },
  parameters: {},
  tables: {},
});
const layoutOf = (examples: number) => exampleLayout({ examples, lengths: {}, tables: {} });
const sigma = (x: number) => 1 / (1 + Math.exp(-x));
const elu = (x: number, alpha: number) => (x > 0 ? x : alpha * (Math.exp(x) - 1));

const functions: readonly (readonly [expression: string, plain: (a: number, b: number) => number])[] = [
  ["exp(a)", Math.exp],
  ["log(a)", Math.log],
  ["sqrt(a)", Math.sqrt],
  ["abs(a)", Math.abs],
  ["sign(a)", Math.sign],
  ["sin(a)", Math.sin],
  ["cos(a)", Math.cos],
  ["softplus(a)", (a) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)))],
  ["max(a, b)", Math.max],
  ["min(a, b)", Math.min],
  ["min([a, b, 2 * a])", (a, b) => Math.min(a, b, 2 * a)],
  ["max(a, 0.25)", (a) => Math.max(a, 0.25)],
  ["min(2, a)", (a) => Math.min(2, a)],
  ["clip(a, -1, 2)", (a) => Math.min(Math.max(a, -1), 2)],
  ["clip(a, b, 6)", (a, b) => Math.min(Math.max(a, b), 6)],
  ["pow(a, 1)", (a) => a],
  ["pow(a, 2)", (a) => a ** 2],
  ["pow(a, 3)", (a) => a ** 3],
  ["pow(a, 5)", (a) => a ** 5],
  ["pow(a, -2)", (a) => a ** -2],
  ["pow(a, 0.5)", Math.sqrt],
  ["pow(a, 1.5)", (a) => a ** 1.5],
  ["pow(a, -0.5)", (a) => a ** -0.5],
  ["pow(a, b / 8)", (a, b) => (a < 0 ? Number.NaN : a ** (b / 8))],
  ["pow(2, a)", (a) => 2 ** a],
  ["log(pow(0.5, a))", (a) => a * Math.log(0.5)],
  ["a / log(2) + sqrt(2) * pow(2, -3)", (a) => a / Math.LN2 + Math.SQRT2 / 8],
  ["max(1, 2) * a + abs(-3) - clip(7, 0, 5)", (a) => 2 * a - 2],
  ["where(a > b, a, b * 2)", (a, b) => (a > b ? a : b * 2)],
  ["where(a, 3, b)", (a, b) => (a === 0 ? b : 3)],
  ["where(a > 0, log(a), -1)", (a) => (a > 0 ? Math.log(a) : -1)],
  ["a < b", (a, b) => Number(a < b)],
  ["a <= b", (a, b) => Number(a <= b)],
  ["a > b", (a, b) => Number(a > b)],
  ["a >= b", (a, b) => Number(a >= b)],
  ["a == b", (a, b) => Number(a === b)],
  ["a != b", (a, b) => Number(a !== b)],
  ["2 * a + 1 > b - 3", (a, b) => Number(2 * a + 1 > b - 3)],
  ["1 > a", (a) => Number(1 > a)],
  ["(a > 0) * (b > 0)", (a, b) => Number(a > 0 && b > 0)],
  ["gelu(a)", (a) => (a / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (a + 0.044715 * a ** 3)))],
  ["silu(a)", (a) => a * sigma(a)],
  ["silu(a, beta: 2.0)", (a) => a * sigma(2 * a)],
  ["elu(a)", (a) => elu(a, 1)],
  ["selu(a)", (a) => 1.0507009873554805 * elu(a, 1.6732632423543772)],
  ["hard_sigmoid(a)", (a) => Math.min(Math.max(a + 3, 0), 6) / 6],
  ["log(sigmoid(a))", (a) => -Math.max(-a, 0) - Math.log1p(Math.exp(-Math.abs(a)))],
];

/** How many of the 24 bits may be lost: powers multiply a logarithm's error, and −1 takes digits away. */
const close = (actual: number, expected: number) =>
  Object.is(Math.fround(expected), actual) ||
  Math.abs(actual - expected) <= 5e-6 * (0.2 + Math.abs(expected));

describe.each(everywhere)("on $name", ({ run }) => {
  test.each(functions)("%s", async (expression, plain) => {
    const { outputs } = await run(
      validate(graphOf(textOf(expression))),
      feedsOf(pairs),
      layoutOf(pairs.length),
    );
    const found = outputs.get("logit.click")!;
    for (const [i, [a, b]] of pairs.entries()) {
      const expected = plain(a, b) + 0;
      const actual = found[i]! + 0;
      const isRight = Number.isNaN(expected) ? Number.isNaN(actual) : close(actual, expected);
      expect(isRight, `${a}, ${b}: ${actual} instead of ${expected}`).toBe(true);
    }
  });
});

/** The slope of an expression by `a` at each of the rows. */
function slopes(expression: string, rows: readonly (readonly [number, number])[]): readonly number[] {
  const graph = graphOf(textOf(expression));
  const builder = new GraphBuilder();
  const copyOf = copyInto(builder, graph.nodes);
  const sum = builder.add("sum_rows", [copyOf(graph.outputs.get("logit.click")!)], {});
  const a = graph.nodes.find(
    ({ op, attributes }) => op === "input" && (attributes as { name: string }).name === "a",
  )!;
  builder.output("slope", differentiate(builder, sum, [copyOf(a.id)]).get(copyOf(a.id))!);
  const { outputs } = evaluate(validate(builder.finish()), feedsOf(rows), layoutOf(rows.length));
  return Array.from(outputs.get("slope")!, (slope) => slope + 0);
}

describe("slopes where calculus has none, or an infinite one", () => {
  test.each([
    ["sqrt(a)", [0, 0], 0],
    ["sqrt(a * a)", [0, 0], 0],
    ["pow(a, 0.5)", [0, 0], 0],
    ["pow(a, 1.5)", [0, 0], 0],
    ["pow(a, b)", [0, 2], 0],
    ["pow(a, b)", [0, -2], 0],
    ["abs(a)", [0, 0], 0],
    ["max(a, b)", [1, 1], 0.5],
    ["min(a, b)", [1, 1], 0.5],
    ["clip(a, 0, 1)", [0, 0], 0.5],
    ["clip(a, 0, 1)", [0.5, 0], 1],
    ["clip(a, 0, 1)", [2, 0], 0],
    ["where(a > 0, sqrt(a), a)", [-2, 0], 1],
    ["where(a > 0, log(a), b)", [-2, 0], 0],
    ["where(a > 0, log(a), a)", [0, 0], 1],
    ["log(a)", [0, 0], 0],
    ["pow(a, -0.5)", [0, 0], 0],
    ["pow(a, b)", [-3, 0.5], 0],
    ["where(a != 0, 1 / a, 0)", [4, 0], -1 / 16],
    ["elu(a)", [0, 0], 1],
    ["elu(a)", [200, 0], 1],
    ["a + stop_gradient(sign(a) - a)", [3, 0], 1],
  ] as const)("%s at %j is %d", (expression, at, slope) => {
    expect(slopes(expression, [at])).toEqual([slope]);
  });
});

describe("a function of numbers alone", () => {
  test("is a number, of a width too, and a whole one may be a width", () => {
    const scaled = "block scaled(x: Vec[d]) -> Vec[d] { x / sqrt(d) * min(d, 8) }";
    const { nodes } = graphOf(specOf("let x = dense(scaled(item_id), sqrt(16))", scaled));
    const constants = nodes.flatMap(({ op, attributes }) =>
      op === "constant" ? [(attributes as { value: number }).value] : [],
    );
    expect(constants).toEqual(expect.arrayContaining([2, 4]));
    expect(codesOf(specOf("let x = dense(item_id, sqrt(2))"))).toEqual(["DIN0272"]);
    const wide = "block wide(x: Vec[d]) { dense(x, max(d, 6)) }";
    expect(codesOf(specOf("let x = wide(item_id) * dense(item_id, 6)", wide))).toEqual([]);
  });

  test.each([
    ["log(0)", "DIN0467"],
    ["log(-1)", "DIN0467"],
    ["sqrt(-1)", "DIN0467"],
    ["pow(-8, 0.5)", "DIN0467"],
    ["exp(100)", "DIN0294"],
    ["pow(0, item_id)", "DIN0272"],
    ["max(3)", "DIN0272"],
  ])("%s has no value", (value, code) => {
    expect(codesOf(specOf(`let x = item_id * ${value}`))).toEqual([code]);
  });
});

describe("a comparison", () => {
  test("of numbers is computed when compiling, also in a param", () => {
    expect(codesOf(specOf("let x = dense(user_id, 4 + (3 > 2)) * item_id |> total"))).toEqual(["DIN0274"]);
    expect(
      codesOf(
        `param wide = 3 > 2\n${textOf("dense(concat(a, b), wide)")}`.replace(
          /(param.*)\n(model.*)/,
          "$2\n$1",
        ),
      ),
    ).toEqual([]);
  });

  test("binds weaker than sums, and stronger than a pipe", () => {
    expect(codesOf(specOf("let x = price + 1 > price * 2 |> dense(3)"))).toEqual([]);
  });

  test("goes along a history, and is no probability", () => {
    expect(codesOf(specOf("let x = sum((dot(clicks.item_id, item_id) > 0) * clicks)"))).toEqual([]);
    expect(codesOf(specOf("let x = where(sigmoid(price) > 0.5, item_id, user_id)"))).toEqual([]);
    expect(codesOf(specOf("let x = relu(clicks.item_id) > buys"))).toEqual(["DIN0275"]);
    expect(codesOf(specOf("let x = clicks.item_id > buys"))).toEqual(["DIN0313"]);
  });
});

describe("softmax of a vector", () => {
  test.each([
    ["alone", "let x = softmax(item_id)"],
    [
      "of each step",
      "block shares(x: Vec[d]) -> Vec[d] { softmax(x) }",
      "let x = sum(shares(clicks.item_id))",
    ],
    [
      "of each element",
      "block shares(x: Vec[d]) -> Vec[d] { softmax(x) }",
      "let x = flatten(shares([item_id, user_id]))",
    ],
  ])("%s sums to 1", (_, ...texts) => {
    const graph = graphOf(specOf(texts.at(-1)!, texts.length > 1 ? texts[0] : ""));
    const shares = graph.nodes.find(({ op }) => op === "softmax_list")!;
    expect(shares.type.dims[0]).toBe(4);
  });

  test("is asked for more than one number", () => {
    expect(codesOf(specOf("let x = softmax(price)"))).toEqual(["DIN0276"]);
  });
});
