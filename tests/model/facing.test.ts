// Pairs of steps: what `facing` gives, against plain loops over the steps of each row, and what does not meet.

import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { analyse } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { languageFunctions } from "../../compiler/frontend/functions/registry.ts";
import { printType } from "../../compiler/frontend/values/types.ts";
import {
  add,
  denseOf,
  inner,
  type Matrix,
  type Network,
  networkOf,
  scale,
  softmax,
  type Vector,
  weighted,
} from "../support/network.ts";
import { codesOf, modelOf } from "./support.ts";

function specOf(net: string, blocks = ""): string {
  return `model test
features user { u : id  embed 4 }
features item {
  a : id  embed 4
  b : id  embed 4
}
history clicks(max: 5) { a <-> clicked_a }
history orders(max: 3) { b <-> ordered_b }
label click : binary
${blocks}
net {
${net}
  predict click = concat(x, u, a, b, sum(clicks), sum(orders)) |> dense(1) |> sigmoid
}`;
}

interface Example {
  readonly a: Vector;
  readonly clicks: Matrix;
  readonly orders: Matrix;
  readonly example: number;
  readonly network: Network;
}

const sum = (all: Matrix, width = 4): Vector =>
  all.reduce((total, each) => add(total, each), new Array<number>(width).fill(0));

/** The logits of a network whose `x` is `plain`. */
function expectX(net: string, plain: (example: Example) => Vector, blocks = ""): void {
  const network = networkOf(lower(modelOf(specOf(net, blocks))));
  const logits = network.output("logit.click");
  for (let i = 0; i < network.examples; i++) {
    const [u, a, b] = ["u", "a", "b"].map((name) => network.vector(i, name)) as [Vector, Vector, Vector];
    const [clicks, orders] = [network.steps(i, "clicks.a"), network.steps(i, "orders.b")];
    const given = plain({ a, clicks, orders, example: i, network });
    const input = [...given, ...u, ...a, ...b, ...sum(clicks), ...sum(orders)];
    expect(logits[i]![0]).toBeCloseTo(denseOf(network, "net.click.dense_1", input)[0]!, 9);
  }
}

describe("facing", () => {
  test("scores all pairs, and is attention with a softmax", () => {
    expectX("  let x = sum(sum(softmax(dot(clicks, facing(clicks))) * facing(clicks)))", ({ clicks }) =>
      sum(clicks.map((q) => weighted(softmax(clicks.map((k) => inner(q, k))), clicks, 4))),
    );
    expectX("  let x = last(sum(dot(clicks, facing(clicks)) * facing(2 * clicks)))", ({ clicks }) => {
      const q = clicks.at(-1);
      return q === undefined ? [0, 0, 0, 0] : sum(clicks.map((k) => scale(2 * inner(q, k), k)));
    });
  });

  test("takes any mask and bias", () => {
    const net = `  let back = facing(place(clicks)) - place(clicks)
  let scores = dot(clicks, facing(clicks)) + buckets(back, -2..2, 1)
  let x = sum(sum(where(back >= 0, scores / (1 + back * back), 0) * facing(clicks)))`;
    expectX(net, ({ clicks, network }) => {
      const bias = network.matrix("net.scores.buckets_1.vectors");
      return sum(
        clicks.map((q, i) =>
          sum(
            clicks.slice(0, i + 1).map((k, j) => {
              const back = i - j;
              const range = [-2, -1, 0, 1, 2].filter((bound) => bound <= back).length;
              return scale((inner(q, k) + bias[range]![0]!) / (1 + back * back), k);
            }),
          ),
        ),
      );
    });
  });

  test("counts the steps for which a condition holds", () => {
    expectX(
      "  let x = sum(mean(facing(clicks), where: facing(place(clicks)) > place(clicks)))",
      ({ clicks }) => sum(clicks.map((_, i) => scale(1 / Math.max(1, i), sum(clicks.slice(0, i))))),
    );
    expectX(
      "  let x = sum(sum(softmax(dot(clicks, facing(clicks)), where: facing(place(clicks)) > place(clicks)) * facing(clicks)))",
      ({ clicks }) =>
        sum(
          clicks.map((q, i) =>
            weighted(softmax(clicks.slice(0, i).map((k) => inner(q, k))), clicks.slice(0, i), 4),
          ),
        ),
    );
  });

  test("is reduced by the mean, the largest and the smallest, of the steps alone", () => {
    const of =
      (values: (pairs: Vector) => number) =>
      ({ clicks }: Example): Vector =>
        sum(
          clicks.map((q) => [values(clicks.map((k) => 3 + inner(q, k)))]),
          1,
        );
    const scores = "3 + dot(clicks, facing(clicks))";
    expectX(
      `  let x = sum(mean(${scores}))`,
      of(
        (pairs) =>
          sum(
            pairs.map((p) => [p]),
            1,
          )[0]! / pairs.length,
      ),
    );
    expectX(
      `  let x = sum(max(-1 * (${scores})))`,
      of((pairs) => Math.max(...pairs.map((p) => -p))),
    );
    expectX(
      `  let x = sum(min(${scores}))`,
      of((pairs) => Math.min(...pairs)),
    );
  });

  test("meets a vector, and the steps of another history", () => {
    expectX("  let x = max(dot(a, facing(clicks)))", ({ a, clicks }) => [
      clicks.length === 0 ? 0 : Math.max(...clicks.map((k) => inner(a, k))),
    ]);
    expectX("  let x = sum(mean(dot(orders, facing(clicks)) * facing(clicks)))", ({ clicks, orders }) =>
      sum(
        orders.map((q) =>
          scale(1 / Math.max(1, clicks.length), sum(clicks.map((k) => scale(inner(q, k), k)))),
        ),
      ),
    );
  });

  test("goes into layers and blocks, and along longer axes", () => {
    const blocks = "block score(q: Vec[d], k: Vec[d]) -> Vec[1] { concat(q - k, q * k) |> dense(1) }";
    expectX(
      "  let x = sum(sum(score(clicks, facing(clicks)) * facing(clicks)))",
      ({ clicks, network }) =>
        sum(
          clicks.map((q) =>
            sum(
              clicks.map((k) => {
                const pair = [...q.map((n, i) => n - k[i]!), ...q.map((n, i) => n * k[i]!)];
                return scale(denseOf(network, "net.x.score.dense_1", pair)[0]!, k);
              }),
            ),
          ),
        ),
      blocks,
    );
    expectX(
      "  let s = append(clicks, a)\n  let x = last(sum(dot(s, facing(s)) * facing(s)))",
      ({ clicks, a }) => sum([...clicks, a].map((k) => scale(inner(a, k), k))),
    );
    const read = "block read(q: Vec[d], keys: Seq[h, d]) -> Vec[d] { sum(softmax(dot(q, keys)) * keys) }";
    expectX(
      "  let x = sum(read(clicks, facing(clicks)))",
      ({ clicks }) => sum(clicks.map((q) => weighted(softmax(clicks.map((k) => inner(q, k))), clicks, 4))),
      read,
    );
  });

  test("keeps a field, whose ids are compared and whose own table need not be there", () => {
    const kinds = specOf(
      `  let same = clicks.kind == facing(clicks.kind)
  let first = facing(clicks.kind) == 1
  let x = sum(sum(facing(clicks.a), where: max(same * (clicks.a != facing(clicks.a)), first)))`,
    ).replace(
      "history clicks(max: 5) { a <-> clicked_a }",
      "history clicks(max: 5) { a <-> clicked_a  kind : int(1..3) }",
    );
    const network = networkOf(lower(modelOf(kinds.replaceAll("sum(clicks)", "sum(clicks.a)"))));
    const pairs: boolean[] = [];
    for (let i = 0; i < network.examples; i++) {
      const [steps, ids, kindsOf] = [
        network.steps(i, "clicks.a"),
        network.stepIds(i, "clicks.a"),
        network.stepIds(i, "clicks.kind"),
      ];
      const x = sum(
        steps.flatMap((_, q) =>
          steps.filter((_, k) => {
            const isMeant = (kindsOf[q] === kindsOf[k] && ids[q] !== ids[k]) || kindsOf[k] === 2;
            pairs.push(isMeant);
            return isMeant;
          }),
        ),
      );
      const others = ["u", "a", "b"].flatMap((name) => network.vector(i, name));
      const input = [...x, ...others, ...sum(steps), ...sum(network.steps(i, "orders.b"))];
      const logit = denseOf(network, "net.click.dense_1", input)[0]!;
      expect(network.output("logit.click")[i]![0]).toBeCloseTo(logit, 9);
    }
    expect(new Set(pairs).size).toBe(2);
  });

  test("has the weights and further tables of a field", () => {
    expectX(
      "  let x = sum(sum(clicks * weight(facing(clicks.a)) * embed(facing(clicks.a), 4)))",
      ({ clicks, network, example }) => {
        const of = (table: string) => network.steps(example, "clicks.a", table);
        const [weights, further] = [of("a.weight"), of("a.embed_4")];
        const faced = sum(further.map((vector, i) => scale(weights[i]![0]!, vector)));
        return sum(clicks.map((step) => step.map((value, i) => value * faced[i]!)));
      },
    );
  });

  test("is taken of a time, whose differences are numbers: checked, not computed", () => {
    const times = "history clicks(max: 5) { a <-> clicked_a  at : time }";
    const spec = specOf(
      "  let x = sum(sum(clicks.at - facing(clicks.at), where: facing(place(clicks.a)) > place(clicks.a)))",
    );
    const timed = spec.replace(/history clicks.*/, times);
    expect(codesOf(timed)).toEqual([]);
  });

  test("gives nothing of the places without a step, not even where it has no value", () => {
    expectX("  let x = sum(sum(1 / facing(clicks) * clicks))", ({ clicks }) =>
      sum(clicks.map((q) => sum(clicks.map((k) => q.map((n, i) => n / k[i]!))))),
    );
  });

  test("has a type that says what it goes along", () => {
    const file = sourceFile(
      "test.din",
      specOf("  let p = dot(clicks, facing(clicks))\n  let x = sum(sum(p))"),
    );
    const types = [...analyse(file).values].map(([, { type }]) => printType(type));
    expect(types).toContain("Seq[facing clicks, 4]");
    expect(types).toContain("Seq[clicks, Seq[facing clicks, 1]]");
  });

  test.each([
    ["a position of what is faced", "sum(position(facing(clicks), 4))", "DIN0334"],
    ["its steps side by side", "flatten(facing(clicks))", "DIN0334"],
    ["a recurrence over it", "last(gru(facing(clicks), 4))", "DIN0334"],
    ["batch statistics of pairs", "sum(sum(batch_norm(clicks * facing(clicks))))", "DIN0334"],
    ["Dice of pairs", "sum(sum(dense(clicks * facing(clicks), 4, dice)))", "DIN0334"],
    ["a list", "sum(facing([u, a]))", "DIN0335"],
    ["a vector", "sum(facing(u))", "DIN0276"],
    ["two histories faced", "sum(facing(clicks) * facing(orders))", "DIN0301"],
    ["what is faced, with a list", "sum(facing(clicks) * [u, a, b, u, a])", "DIN0301"],
    ["what is faced, faced again", "sum(facing(facing(clicks)))", "DIN0334"],
    ["a pair that is predicted", "dot(clicks, facing(clicks))", "DIN0303"],
  ])("says what is wrong with %s", (_, expression, code) => {
    const codes = codesOf(specOf(`  let x = ${expression}`));
    expect(codes.length).toBeGreaterThan(0);
    if (code !== "DIN0303") expect(codes).toContain(code);
  });

  test("takes at most 2,048 steps", () => {
    const codesFor = (max: number) =>
      codesOf(specOf("  let x = sum(facing(clicks))").replace("max: 5", `max: ${max}`));
    expect(codesFor(2049)).toContain("DIN0333");
    expect(codesFor(2048)).toEqual([]);
  });

  test("takes at most 512 steps where pairs are kept", () => {
    const codesFor = (net: string, max: number) =>
      codesOf(specOf(`  let x = last(${net})`).replace("max: 5", `max: ${max}`));
    const kept = "sum(dense(concat(clicks, facing(clicks)), 4, relu))";
    expect(codesFor(kept, 513)).toEqual(["DIN0668"]);
    expect(codesFor(kept, 512)).toEqual([]);
    expect(codesFor(`sum(dense(append(clicks, a) + facing(append(clicks, a)), 4, relu))`, 512)).toEqual([
      "DIN0668",
    ]);
    expect(codesFor("sum(dot(clicks, facing(clicks)) * facing(clicks))", 2048)).toEqual([]);
  });
});

test("what goes along faced steps are functions of the language", () => {
  expect(languageFunctions.has("facing")).toBe(true);
});
