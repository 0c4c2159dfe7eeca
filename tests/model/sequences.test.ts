// Attention, and sequences that become longer or shorter: what they compute, against plain loops, and what does not fit.

import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { analyse, check } from "../../compiler/frontend/check/check.ts";
import { printType } from "../../compiler/frontend/values/types.ts";
import {
  add,
  hadamard,
  inner,
  type Matrix,
  scale,
  softmax,
  type Vector,
  weighted,
} from "../support/network.ts";
import { type Example, expectX, specOf } from "./around-x.ts";
import { codesOf } from "./support.ts";

const sum = (vectors: Matrix, width = 4): Vector =>
  weighted(
    vectors.map(() => 1),
    vectors,
    width,
  );

/** softmax(factor · q kᵀ) v for one query. */
function attend(query: Vector, keys: Matrix, values: Matrix, factor: number): Vector {
  const scores = keys.map((key) => factor * inner(query, key));
  return weighted(scores.length === 0 ? [] : softmax(scores), values, values[0]?.length ?? 4);
}

describe("attention", () => {
  test.each<[string, (example: Example) => Vector]>([
    [
      "sum(attention(clicks, clicks, clicks))",
      ({ clicks }) => sum(clicks.map((q) => attend(q, clicks, clicks, 0.5))),
    ],
    ["attention(a, clicks, clicks)", ({ a, clicks }) => attend(a, clicks, clicks, 0.5)],
    [
      "attention(a, clicks, clicks * b, scale: 1)",
      ({ a, b, clicks }) =>
        attend(
          a,
          clicks,
          clicks.map((c) => c.map((value, i) => value * b[i]!)),
          1,
        ),
    ],
    [
      "attention(a, clicks, clicks, heads: 2)",
      ({ a, clicks }) =>
        [0, 2].flatMap((at) => {
          const part = (x: Vector) => x.slice(at, at + 2);
          const own = clicks.map(part);
          return own.length === 0 ? [0, 0] : attend(part(a), own, own, Math.SQRT1_2);
        }),
    ],
    [
      "flatten(attention([u, a], clicks, clicks))",
      ({ u, a, clicks }) => [u, a].flatMap((q) => attend(q, clicks, clicks, 0.5)),
    ],
    [
      "flatten(attention([u, a, b], [u, a, b], [u, a, b]))",
      ({ u, a, b }) => [u, a, b].flatMap((q) => attend(q, [u, a, b], [u, a, b], 0.5)),
    ],
    ["attention(u, [a, b], [b, a])", ({ u, a, b }) => attend(u, [a, b], [b, a], 0.5)],
    [
      "sum(attention(clicks, [a, b], [a, b]))",
      ({ a, b, clicks }) => sum(clicks.map((q) => attend(q, [a, b], [a, b], 0.5))),
    ],
    [
      "sum(each(clicks, c => attention(c, [a, c], [b, c])))",
      ({ a, b, clicks }) => sum(clicks.map((c) => attend(c, [a, c], [b, c], 0.5))),
    ],
    [
      "sum(each([u, a], q => attention(q, clicks, clicks)))",
      ({ u, a, clicks }) => add(...[u, a].map((q) => attend(q, clicks, clicks, 0.5))),
    ],
    [
      "sum(each([u, a], q => attention(q, [a, b], [b, u])))",
      ({ u, a, b }) => add(...[u, a].map((q) => attend(q, [a, b], [b, u], 0.5))),
    ],
    [
      "sum(attention(append(clicks, a), clicks, clicks))",
      ({ a, clicks }) => sum([...clicks, a].map((q) => attend(q, clicks, clicks, 0.5))),
    ],
  ])("%s", (expression, plain) => {
    expectX(`let x = ${expression}`, plain);
  });

  test.each<[string, (example: Example) => Vector]>([
    [
      "sum(causal_attention(clicks, clicks, clicks * b))",
      ({ b, clicks }) =>
        sum(
          clicks.map((q, t) => {
            const seen = clicks.slice(0, t + 1);
            return attend(
              q,
              seen,
              seen.map((c) => hadamard(c, b)),
              0.5,
            );
          }),
        ),
    ],
    [
      "last(causal_attention(clicks, clicks, clicks, scale: 1))",
      ({ clicks }) => {
        const latest = clicks.at(-1);
        return latest === undefined ? [0, 0, 0, 0] : attend(latest, clicks, clicks, 1);
      },
    ],
    [
      "flatten(causal_attention([u, a, b], [a, b, u], [b, u, a]))",
      ({ u, a, b }) =>
        [u, a, b].flatMap((q, t) => attend(q, [a, b, u].slice(0, t + 1), [b, u, a].slice(0, t + 1), 0.5)),
    ],
    [
      "sum(causal_attention(append(clicks, a), append(clicks, a), append(clicks, a)))",
      ({ a, clicks }) => {
        const all = [...clicks, a];
        return sum(all.map((q, t) => attend(q, all.slice(0, t + 1), all.slice(0, t + 1), 0.5)));
      },
    ],
    [
      "sum(each(clicks, c => last(causal_attention([a, c], [b, c], [a, b]))))",
      ({ a, b, clicks }) => sum(clicks.map((c) => attend(c, [b, c], [a, b], 0.5))),
    ],
  ])("of what came before: %s", (expression, plain) => {
    expectX(`let x = ${expression}`, plain);
  });

  test("in a block that takes any sequence", () => {
    const block = "block mixed(x: Seq[h, d]) -> Seq[h, d] { attention(x, x, x) }";
    expectX(
      "let x = sum(mixed(clicks)) + sum(mixed([u, a]))",
      ({ u, a, clicks }) => {
        const mixed = (x: Matrix) => sum(x.map((q) => attend(q, x, x, 0.5)));
        return add(mixed(clicks), mixed([u, a]));
      },
      block,
    );
  });
});

describe("longer and shorter sequences", () => {
  const last = (steps: Matrix): Vector => steps.at(-1) ?? [0, 0, 0, 0];
  test.each<[string, (example: Example) => Vector]>([
    ["last(clicks)", ({ clicks }) => last(clicks)],
    ["last([u, a, b])", ({ b }) => b],
    ["last(append(clicks, a))", ({ a }) => a],
    [
      "sum(append(clicks, a) * b)",
      ({ a, b, clicks }) => sum([...clicks, a].map((c) => c.map((value, i) => value * b[i]!))),
    ],
    ["mean(append(clicks, a))", ({ a, clicks }) => scale(1 / (clicks.length + 1), sum([...clicks, a]))],
    ["flatten(append([u, a], b))", ({ u, a, b }) => [...u, ...a, ...b]],
    ["flatten(append([u], 0.5))", ({ u }) => [...u, 0.5, 0.5, 0.5, 0.5]],
    [
      "sum(clicks - after_first(append(clicks, 2)))",
      ({ clicks }) => (clicks.length === 0 ? [0, 0, 0, 0] : add(clicks[0]!, [-2, -2, -2, -2])),
    ],
    ["sum(before_last(clicks))", ({ clicks }) => sum(clicks.slice(0, -1))],
    ["sum(after_first(clicks))", ({ clicks }) => sum(clicks.slice(1))],
    ["flatten(before_last([u, a, b]))", ({ u, a }) => [...u, ...a]],
    ["flatten(after_first([u, a, b]))", ({ a, b }) => [...a, ...b]],
    ["last(before_last(clicks))", ({ clicks }) => last(clicks.slice(0, -1))],
    ["sum(before_last(append(clicks, a)) - clicks)", () => [0, 0, 0, 0]],
    [
      "sum(each([u, a], v => sum(append(clicks, v) * v)))",
      ({ u, a, clicks }) =>
        add(...[u, a].map((v) => sum([...clicks, v].map((c) => c.map((value, i) => value * v[i]!))))),
    ],
    ["sum(each(clicks, c => last(append([a, b], c))))", ({ clicks }) => sum(clicks)],
  ])("%s", (expression, plain) => {
    expectX(`let x = ${expression}`, plain);
  });

  test("each step beside the one that follows it", () => {
    expectX("let x = sum(dot(before_last(clicks), after_first(clicks)))", ({ clicks }) => [
      clicks.slice(1).reduce((total, step, i) => total + inner(step, clicks[i]!), 0),
    ]);
  });

  test("positions count from the latest step", () => {
    expectX("let x = sum(append(clicks, a) * position(append(clicks, a), 4))", ({ a, clicks, network }) => {
      const vectors = network.matrix("net.x.position_1.vectors");
      expect(vectors).toHaveLength(6);
      const steps = [...clicks, a];
      return sum(steps.map((c, t) => c.map((value, i) => value * vectors[steps.length - 1 - t]![i]!)));
    });
    expectX("let x = flatten(position([u, a], 2))", ({ network }) =>
      network.matrix("net.x.position_1.vectors").flat(),
    );
  });

  test("in blocks, whatever the axis", () => {
    const blocks = `block longer(x: Seq[h, d], v: Vec[d]) -> Seq[h + 1, d] { append(x, v) }
block ends(x: Seq[h, d]) -> Vec[d] { sum(x) - sum(before_last(x)) }
block with_number(x: Seq[h, d], p: Float) -> Vec[d] { last(append(x, p)) }`;
    expectX(
      "let x = last(longer(clicks, a)) + ends(clicks) + ends(longer([u, a], b)) + with_number(clicks, 0.5)",
      ({ a, b, clicks }) => add(a, last(clicks), b, [0.5, 0.5, 0.5, 0.5]),
      blocks,
    );
  });

  test("their axes are called after the history's", () => {
    const text = specOf(
      "let s = append(clicks, a)\n  let t = before_last(clicks)\n  let x = sum(s) + sum(t)",
    );
    expect(check(sourceFile("test.din", text)).diagnostics).toEqual([]);
    const { values } = analyse(sourceFile("test.din", text));
    const types = new Set([...values.values()].map(({ type }) => printType(type)));
    expect(types).toContain("Seq[clicks + 1, 4]");
    expect(types).toContain("Seq[clicks - 1, 4]");
  });
});

describe("what does not fit is said", () => {
  test.each([
    ["queries and keys of two widths", "let x = attention(concat(a, b), clicks, clicks)", "DIN0274"],
    ["heads that do not divide the width", "let x = attention(a, clicks, clicks, heads: 3)", "DIN0305"],
    ["keys and values along two axes", "let x = attention(a, clicks, append(clicks, a))", "DIN0275"],
    ["a scale that is no number", "let x = attention(a, clicks, clicks, scale: b)", "DIN0272"],
    [
      "what comes before, of two axes",
      "let x = sum(causal_attention(clicks, append(clicks, a), append(clicks, a)))",
      "DIN0275",
    ],
    ["what comes before a vector", "let x = causal_attention(a, clicks, clicks)", "DIN0276"],
    [
      "what comes before a step, of a list",
      "let x = sum(causal_attention(clicks, [a, b], [a, b]))",
      "DIN0301",
    ],
    [
      "what comes before a step, of its list",
      "let x = sum(sum(causal_attention(clicks, [clicks, clicks], [clicks, clicks])))",
      "DIN0301",
    ],
    ["what is appended is no vector", "let x = sum(append(clicks, clicks))", "DIN0272"],
    ["what is appended has another width", "let x = sum(append(clicks, concat(a, b)))", "DIN0274"],
    ["appended to what is shorter", "let x = sum(append(before_last(clicks), a))", "DIN0330"],
    ["nothing is left of a list", "let x = sum(before_last([a]))", "DIN0331"],
    ["steps of two lengths", "let x = sum(append(clicks, a) * clicks)", "DIN0275"],
  ])("%s", (_, net, code) => {
    expect(codesOf(specOf(net))).toEqual([code]);
  });
});
