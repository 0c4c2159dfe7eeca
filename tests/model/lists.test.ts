// Lists of vectors: what their functions compute, against plain loops; and how they meet histories.

import { describe, expect, test } from "vitest";
import {
  add,
  denseOf,
  hadamard,
  inner,
  type Matrix,
  type Network,
  networkOf,
  relu,
  scale,
  softmax,
  times,
  type Vector,
  weighted,
} from "../support/network.ts";
import { codesOf, graphOf } from "./support.ts";

function specOf(x: string, blocks = ""): string {
  return `model test
features user { u : id  embed 3 }
features item {
  a : id  embed 3
  b : id  embed 3
}
history clicks(max: 5) { a <-> clicked_a }
label click : binary
${blocks}
net {
${x}
  predict click = concat(x, u, a, b, sum(clicks)) |> dense(1) |> sigmoid
}`;
}

const fieldsOf = (network: Network, example: number): Matrix =>
  ["u", "a", "b"].map((name) => network.vector(example, name));

/** The logits of a network whose `x` is `plain`. */
function expectX(net: string, plain: (network: Network, example: number) => Vector): void {
  const network = networkOf(graphOf(specOf(net)));
  const logits = network.output("logit.click");
  for (let example = 0; example < network.examples; example++) {
    const clicks = network.steps(example, "clicks.a");
    const summed = weighted(
      clicks.map(() => 1),
      clicks,
      3,
    );
    const input = [...plain(network, example), ...fieldsOf(network, example).flat(), ...summed];
    expect(logits[example]![0]).toBeCloseTo(denseOf(network, "net.click.dense_1", input)[0]!, 10);
  }
}

const pairsOf = <T>(list: readonly T[]): (readonly [T, T])[] =>
  list.flatMap((a, i) => list.slice(i + 1).map((b) => [a, b] as const));

describe("a list of vectors of one width is a Seq", () => {
  test.each<[string, (fields: Matrix) => Vector]>([
    ["sum([u, a, b])", (fields) => add(...fields)],
    ["mean([u, a, b])", (fields) => scale(1 / 3, add(...fields))],
    ["max([u, a, b])", ([u, a, b]) => u!.map((value, i) => Math.max(value, a![i]!, b![i]!))],
    ["flatten([u, a, b])", (fields) => fields.flat()],
    [
      "flatten([u, a, b] * [b, a, u])",
      ([u, a, b]) => [hadamard(u!, b!), hadamard(a!, a!), hadamard(b!, u!)].flat(),
    ],
    ["flatten(2 * [u, a] + b)", ([u, a, b]) => [add(scale(2, u!), b!), add(scale(2, a!), b!)].flat()],
    [
      "sum(softmax([u, a]) * [a, b])",
      ([u, a, b]) => u!.map((value, i) => inner(softmax([value, a![i]!]), [a![i]!, b![i]!])),
    ],
    ["flatten(pairs([u, a, b], dot))", (fields) => pairsOf(fields).map(([x, y]) => inner(x, y))],
    [
      "sum(pairs([u, a, b], (x, y) => x * y))",
      (fields) => add(...pairsOf(fields).map(([x, y]) => hadamard(x, y))),
    ],
    [
      "flatten(product([u, a], [a, b], (x, y) => x - y))",
      ([u, a, b]) =>
        [
          [u!, a!],
          [u!, b!],
          [a!, a!],
          [a!, b!],
        ].flatMap(([x, y]) => x!.map((value, i) => value - y![i]!)),
    ],
    ["[u, a, b][2]", ([, a]) => a!],
    ["softmax([u, a, b])[3]", ([u, a, b]) => u!.map((value, i) => softmax([value, a![i]!, b![i]!])[2]!)],
    ["flatten(join([u], pairs([u, a], (x, y) => x * y)))", ([u, a]) => [...u!, ...hadamard(u!, a!)]],
    ["sum(split(concat(u, a), 2) * 2)", ([u, a]) => scale(2, add(u!, a!))],
    ["flatten([u, concat(a, b)])", (fields) => fields.flat()],
  ])("%s", (expression, plain) => {
    expectX(`let x = ${expression}`, (network, example) => plain(fieldsOf(network, example)));
  });
});

describe("layers", () => {
  test("one for all elements of a list of vectors", () => {
    expectX("let x = flatten(each([u, a], f => dense(f, 2, relu)))", (network, example) =>
      fieldsOf(network, example)
        .slice(0, 2)
        .flatMap((field) => relu(denseOf(network, "net.x.dense_1", field))),
    );
  });

  test("one for each number", () => {
    expectX("let x = flatten(each(1..3, i => dense([u, a, b][i], 2)))", (network, example) =>
      fieldsOf(network, example).flatMap((field, i) => denseOf(network, `net.x.dense_${i + 1}`, field)),
    );
  });

  test("one for every two lists, and every two numbers", () => {
    expectX(
      "let x = flatten(pairs([[u, a], [b, u], [a, b]], (p, q) => linear(sum(dot(p, q)), 1)))",
      (network, example) => {
        const [u, a, b] = fieldsOf(network, example) as [Vector, Vector, Vector];
        const lists = [
          [u, a],
          [b, u],
          [a, b],
        ];
        return pairsOf(lists).map(([p, q], i) => {
          const weight = network.matrix(`net.x.linear_${i + 1}.kernel`)[0]![0]!;
          return weight * (inner(p![0]!, q![0]!) + inner(p![1]!, q![1]!));
        });
      },
    );
    expectX(
      "let x = flatten(pairs(1..3, (i, j) => dot([u, a, b][i], j * [u, a, b][j])))",
      (network, example) => {
        const [u, a, b] = fieldsOf(network, example) as [Vector, Vector, Vector];
        return [2 * inner(u, a), 3 * inner(u, b), 3 * inner(a, b)];
      },
    );
  });

  test("`mix` goes along the list", () => {
    expectX("let x = flatten(mix([u, a, b], 2))", (network, example) => {
      const [u, a, b] = fieldsOf(network, example);
      const w = network.matrix("net.x.mix_1.kernel");
      return [0, 1].flatMap((k) => add(scale(w[0]![k]!, u!), scale(w[1]![k]!, a!), scale(w[2]![k]!, b!)));
    });
  });

  test("`stages` are all that a fold goes through", () => {
    expectX("let x = flatten(stages([2, 1], u, (h, n) => linear(h, n)))", (network, example) => {
      const first = times(network.vector(example, "u"), network.matrix("net.x.linear_1.kernel"));
      return [...first, ...times(first, network.matrix("net.x.linear_2.kernel"))];
    });
  });
});

describe("a list for each step of a history", () => {
  test("in a function that goes through the steps", () => {
    expectX("let x = sum(each(clicks, c => sum(pairs([c, u, a], (x, y) => x * y))))", (network, example) => {
      const [u, a] = fieldsOf(network, example);
      const steps = network.steps(example, "clicks.a");
      const values = steps.map((c) => add(hadamard(c, u!), hadamard(c, a!), hadamard(u!, a!)));
      return weighted(
        values.map(() => 1),
        values,
        3,
      );
    });
  });

  test("in a block that is applied to each step", () => {
    const block = "block both(p: Vec[d], q: Vec[d]) -> Vec[d] { sum(softmax([p, q]) * [q, p]) }";
    const network = networkOf(graphOf(specOf("let x = mean(both(clicks, a))", block)));
    const logits = network.output("logit.click");
    for (let example = 0; example < network.examples; example++) {
      const [u, a, b] = fieldsOf(network, example);
      const steps = network.steps(example, "clicks.a");
      const values = steps.map((c) => c.map((value, i) => inner(softmax([value, a![i]!]), [a![i]!, value])));
      const ones = steps.map(() => 1);
      const x = weighted(
        ones.map(() => 1 / Math.max(1, steps.length)),
        values,
        3,
      );
      const input = [...x, ...u!, ...a!, ...b!, ...weighted(ones, steps, 3)];
      expect(logits[example]![0]).toBeCloseTo(denseOf(network, "net.click.dense_1", input)[0]!, 10);
    }
  });

  test("fields of a history are a list at each step", () => {
    const spec = specOf("let x = sum(sum([clicks.a, clicks.a * a]))");
    const network = networkOf(graphOf(spec));
    const logits = network.output("logit.click");
    for (let example = 0; example < network.examples; example++) {
      const [u, a, b] = fieldsOf(network, example);
      const steps = network.steps(example, "clicks.a");
      const ones = steps.map(() => 1);
      const x = weighted(
        ones,
        steps.map((c) => add(c, hadamard(c, a!))),
        3,
      );
      const input = [...x, ...u!, ...a!, ...b!, ...weighted(ones, steps, 3)];
      expect(logits[example]![0]).toBeCloseTo(denseOf(network, "net.click.dense_1", input)[0]!, 10);
    }
  });
});

describe("what does not meet is said", () => {
  test.each([
    ["lists of two lengths", "let x = sum([u, a] * [u, a, b])", "DIN0300"],
    ["a list and a history", "let x = sum([u, a] * clicks)", "DIN0301"],
    ["a history with itself", "let x = sum(each(clicks, c => sum(softmax(clicks * c))))", "DIN0301"],
    [
      "a list with itself",
      "let x = sum(each([u, a, b], f => sum(pairs([u, a, b], (p, q) => p * q * f))))",
      "DIN0301",
    ],
    ["vectors of two widths", "let x = sum([u, concat(a, b)])", "DIN0302"],
    ["the pairs of a history", "let x = sum(pairs(clicks, (a, b) => a * b))", "DIN0303"],
    ["the fourth of three", "let x = [u, a, b][4]", "DIN0304"],
    ["nine in two parts", "let x = sum(split(concat(u, a, b), 2))", "DIN0305"],
    ["the pairs of one", "let x = sum(pairs([u], (a, b) => a * b))", "DIN0306"],
  ])("%s", (_, net, code) => {
    expect(codesOf(specOf(net))).toEqual([code]);
  });

  test.each([
    ["a history for a length", "block f(x: Seq[n, d]) -> Vec[n*d] { flatten(x) }", "f(clicks)", "DIN0303"],
    [
      "in a block's body",
      "block f(x: Seq[n, d]) -> Vec[d] { sum(pairs(x, (a, b) => a * b)) }",
      "f(clicks)",
      "DIN0303",
    ],
    [
      "a length in a block's body",
      "block f(x: Seq[n, d]) -> Vec[n] { sum(dense(x, n)) }",
      "f(clicks)",
      "DIN0303",
    ],
    ["another length", "block f(x: Seq[3, d]) -> Vec[d] { sum(x) }", "f([u, a])", "DIN0307"],
    [
      "two lengths for one",
      "block f(x: Seq[n, d], y: Seq[n, d]) -> Vec[d] { sum(x * y) }",
      "f([u, a], [u])",
      "DIN0300",
    ],
    [
      "stages of any list",
      "block f(x: Vec[d], l: List[Int]) -> Vec[d] { sum(stages(l, x, (h, n) => dense(h, d))) }",
      "f(u, [3])",
      "DIN0308",
    ],
  ])("%s", (_, block, use, code) => {
    expect(codesOf(specOf(`let x = ${use}`, block))).toContain(code);
  });
});

describe("blocks are checked once for lists of every length", () => {
  test.each([
    [
      "the number of pairs",
      "block f(x: Seq[n, d]) -> Vec[n*(n - 1)/2] { flatten(pairs(x, dot)) }",
      "f([u, a, b])",
    ],
    [
      "a list of an Int's length",
      "block f(x: Vec[d], m: Int) -> Seq[m, d] { each(1..m, _ => dense(x, d)) }",
      "sum(f(u, 4))",
    ],
    ["a length that is doubled", "block f(x: Seq[n, d]) -> Seq[2*n, d] { join(x, x) }", "sum(f([u, a]))"],
  ])("%s", (_, block, use) => {
    expect(codesOf(specOf(`let x = ${use}`, block))).toEqual([]);
  });

  test("and what they compute has the length they promise", () => {
    const block = "block f(x: Seq[n, d]) -> Seq[n, d] { each(x, total) |> flatten |> dense(n) |> split(n) }";
    expect(codesOf(specOf("let x = sum(f([u, a]))", block))).toEqual(["DIN0278"]);
  });
});
