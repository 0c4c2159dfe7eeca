// Windows, places and ranges of numbers: what they compute, against plain loops.

import { describe, expect, test } from "vitest";
import { add, type Matrix, type Network, scale, type Vector } from "../support/network.ts";
import { type Example, expectX, specOf } from "./around-x.ts";
import { codesOf } from "./support.ts";

const sum = (all: Matrix, width = 4): Vector =>
  all.reduce((total, each) => add(total, each), new Array<number>(width).fill(0));

/** Each of `all` with `before` and `after` neighbours, zeros beyond the ends. */
function windows(all: Matrix, before: number, after: number): Matrix {
  return all.map((_, i) =>
    Array.from({ length: before + 1 + after }, (__, k) => all[i + k - before] ?? [0, 0, 0, 0]).flat(),
  );
}

describe("window", () => {
  test("puts the neighbours of a step side by side, half of them before it", () => {
    expectX(
      "  let x = last(window(clicks, 3))",
      ({ clicks }) => windows(clicks, 1, 1).at(-1) ?? new Array<number>(12).fill(0),
    );
    expectX("  let x = sum(window(clicks, 4))", ({ clicks }) => sum(windows(clicks, 2, 1), 16));
    expectX("  let x = sum(window(clicks, 1))", ({ clicks }) => sum(clicks));
  });

  test("takes how many of them lie before it", () => {
    expectX("  let x = sum(window(clicks, 3, before: 2))", ({ clicks }) => sum(windows(clicks, 2, 0), 12));
    expectX("  let x = sum(window(clicks, 3, before: 0))", ({ clicks }) => sum(windows(clicks, 0, 2), 12));
  });

  test("goes along lists, also those that steps have", () => {
    const all = ({ u, a, b }: Example) => [u, a, b, a];
    expectX("  let x = flatten(window([u, a, b, a], 3))", (of) => windows(all(of), 1, 1).flat());
    expectX("  let x = flatten(window([u, a], 5))", ({ u, a }) => windows([u, a], 2, 2).flat());
    expectX("  let x = sum(sum(window([clicks, u], 2)))", ({ clicks, u }) =>
      sum(
        clicks.map((s) => sum(windows([s, u], 1, 0), 8)),
        8,
      ),
    );
    expectX(
      "  let x = flatten([sum(window(clicks * u, 3)), sum(window(clicks * a, 3))])",
      ({ clicks, u, a }) =>
        [u, a].flatMap((v) =>
          sum(
            windows(
              clicks.map((s) => s.map((n, i) => n * v[i]!)),
              1,
              1,
            ),
            12,
          ),
        ),
    );
  });

  test("has one for every few steps, counted from the latest", () => {
    /** The windows that end with the latest step, the k-th before it, and so on. */
    const every = (all: Matrix, k: number) => all.filter((_, i) => (all.length - 1 - i) % k === 0);
    expectX(
      "  let x = sum(window(clicks, 2, every: 2) * place(window(clicks, 2, every: 2)))",
      ({ clicks }) => {
        const kept = every(windows(clicks, 1, 0), 2);
        return sum(
          kept.map((each, i) => scale(kept.length - i, each)),
          8,
        );
      },
    );
    expectX(
      "  let x = last(window(clicks, 3, before: 1, every: 2))",
      ({ clicks }) => every(windows(clicks, 1, 1), 2).at(-1) ?? new Array<number>(12).fill(0),
    );
    expectX("  let x = sum(window(append(clicks, a), 1, every: 3))", ({ clicks, a }) =>
      sum(every([...clicks, a], 3)),
    );
    expectX("  let x = sum(window(window(clicks, 1, every: 2), 1, every: 2))", ({ clicks }) =>
      sum(every(clicks, 4)),
    );
    expectX("  let x = flatten(window([u, a, b], 2, every: 2))", ({ u, a, b }) =>
      every(windows([u, a, b], 1, 0), 2).flat(),
    );
    expectX("  let x = sum(window(clicks, 2, every: 1))", ({ clicks }) => sum(windows(clicks, 1, 0), 8));
  });

  test("count says how many steps or elements there are", () => {
    expectX("  let x = a * count(clicks) + b * count([u, a]) + u * count(append(clicks, a))", (of) =>
      sum([scale(of.clicks.length, of.a), scale(2, of.b), scale(of.clicks.length + 1, of.u)]),
    );
  });

  test("one for every few, in a block of any sequence", () => {
    const block = "block merged(x: Seq[h, d]) { window(x, 2, every: 2) |> last }";
    expectX(
      "  let x = merged(clicks) + merged([u, a])",
      ({ clicks, u, a }) => add(windows(clicks, 1, 0).at(-1) ?? new Array<number>(8).fill(0), [...u, ...a]),
      block,
    );
  });

  test.each([
    ["no step of every few", "window(clicks, 3, every: 0)", "DIN0398"],
    ["every few that are no number", "window(clicks, 3, every: 0.5)", "DIN0398"],
    ["steps of two lengths", "sum(window(clicks, 1, every: 2) * clicks)", "DIN0275"],
    ["chosen steps", "sum(window(top(clicks, 2), 1, every: 2))", "DIN0877"],
    ["a step outside of it", "window(clicks, 3, before: 3)", "DIN0332"],
    ["less than none before", "window(clicks, 3, before: -1)", "DIN0332"],
    ["half a step before", "window(clicks, 3, before: 0.5)", "DIN0272"],
    ["a vector", "window(u, 3)", "DIN0276"],
  ])("says what is wrong with %s", (_, expression, code) => {
    expect(codesOf(specOf(`  let x = sum(${expression})`))).toContain(code);
  });
});

describe("first and place", () => {
  test("first is the earliest step", () => {
    expectX("  let x = first(clicks)", ({ clicks }) => clicks[0] ?? [0, 0, 0, 0]);
    expectX("  let x = first([b, u, a])", ({ b }) => b);
    expectX("  let x = sum(first([clicks * u, clicks]))", ({ clicks, u }) =>
      sum(clicks.map((s) => s.map((n, i) => n * u[i]!))),
    );
  });

  test("place counts from the latest step", () => {
    expectX("  let x = sum(clicks / place(clicks))", ({ clicks }) =>
      sum(clicks.map((s, i) => scale(1 / (clicks.length - i), s))),
    );
    expectX("  let x = sum([u, a, b] * place([u, a, b]))", ({ u, a, b }) => add(scale(3, u), scale(2, a), b));
    expectX("  let x = sum(append(clicks, a) * place(append(clicks, a)))", ({ clicks, a }) =>
      sum([...clicks, a].map((s, i) => scale(clicks.length + 1 - i, s))),
    );
  });
});

describe("buckets", () => {
  const at = (network: Network, bounds: Vector, value: number): Vector =>
    network.matrix("net.x.buckets_1.vectors")[bounds.filter((bound) => bound <= value).length]!;

  test("is a vector for each range, a bound belonging to the range above it", () => {
    expectX("  let x = buckets(dot(u, a), [-0.5, 0, 0.5], 2)", ({ u, a, network }) =>
      at(
        network,
        [-0.5, 0, 0.5],
        u.reduce((total, value, i) => total + value * a[i]!, 0),
      ),
    );
    expectX("  let x = sum(buckets(place(clicks), 2..4, 3))", ({ clicks, network }) =>
      sum(
        clicks.map((_, i) => at(network, [2, 3, 4], clicks.length - i)),
        3,
      ),
    );
    expectX("  let x = flatten(buckets(each([u, a], v => dot(v, b)), [0], 2))", ({ u, a, b, network }) =>
      [u, a].flatMap((v) =>
        at(
          network,
          [0],
          v.reduce((total, value, i) => total + value * b[i]!, 0),
        ),
      ),
    );
  });

  test.each([
    ["more than one number", "buckets(u, [1, 2], 4)", "DIN0272"],
    ["bounds that do not ascend", "buckets(dot(u, a), [2, 1], 4)", "DIN0342"],
    ["no bounds", "buckets(dot(u, a), [], 4)", "DIN0272"],
    ["bounds that are vectors", "buckets(dot(u, a), [u, a], 4)", "DIN0272"],
  ])("says what is wrong with %s", (_, expression, code) => {
    expect(codesOf(specOf(`  let x = ${expression}`))).toContain(code);
  });
});
