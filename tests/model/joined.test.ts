// One sequence after the other: lists as one list, the steps of histories and the elements of lists as one axis.

import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { analyse } from "../../compiler/frontend/check/check.ts";
import { printType } from "../../compiler/frontend/values/types.ts";
import { add, hadamard, inner, type Matrix, networkOf, type Vector, weighted } from "../support/network.ts";
import { type Example, expectX, specOf } from "./around-x.ts";
import { codesOf, graphOf } from "./support.ts";

const sum = (vectors: Matrix): Vector =>
  weighted(
    vectors.map(() => 1),
    vectors,
    4,
  );

/** A sum that depends on the place of each step. */
function placed(steps: Matrix): Vector {
  return sum(steps.map((step, i) => step.map((value) => value * (steps.length - i))));
}

const blocks = [
  "block placed(x: Seq[h, d]) -> Vec[d] { sum(x * place(x)) }",
  "block framed(x: Seq[h, d], v: Vec[d]) { join([v], x, [v]) }",
];

describe("join", () => {
  const twice = ({ clicks }: Example) => [...clicks, ...clicks];
  test.each<[string, (example: Example) => Vector]>([
    ["flatten(join([u, a], [b]))", ({ u, a, b }) => [...u, ...a, ...b]],
    [
      "placed(join(clicks, clicks * b))",
      ({ b, clicks }) => placed([...clicks, ...clicks.map((c) => hadamard(c, b))]),
    ],
    ["placed(join([u, a], clicks, [b]))", ({ u, a, b, clicks }) => placed([u, a, ...clicks, b])],
    [
      "placed(join(clicks, [u, a], clicks, clicks, [b]))",
      ({ u, a, b, clicks }) => placed([...clicks, u, a, ...clicks, ...clicks, b]),
    ],
    ["placed(join(join(clicks, [u]), [a]))", ({ u, a, clicks }) => placed([...clicks, u, a])],
    [
      "placed(join(before_last(clicks), clicks))",
      ({ clicks }) => placed([...clicks.slice(0, -1), ...clicks]),
    ],
    ["placed(join(append(clicks, a), [b]))", ({ a, b, clicks }) => placed([...clicks, a, b])],
    ["placed(append(join(clicks, clicks), a))", (of) => placed([...twice(of), of.a])],
    ["placed(after_first(join([u], clicks)))", ({ clicks }) => placed(clicks)],
    ["last(join(clicks, clicks))", ({ clicks }) => clicks.at(-1) ?? [0, 0, 0, 0]],
    ["last(join(clicks, [u, a]))", ({ a }) => a],
    [
      "sum(join(clicks, clicks) * dot(join(clicks, clicks), a))",
      (of) => sum(twice(of).map((c) => c.map((x) => x * inner(c, of.a)))),
    ],
    [
      "sum(each([u, a], v => placed(join(clicks, clicks * v))))",
      ({ u, a, clicks }) =>
        add(...[u, a].map((v) => placed([...clicks, ...clicks.map((c) => hadamard(c, v))]))),
    ],
    [
      "sum(framed(clicks, a)) + sum(framed([u, a], b))",
      ({ u, a, b, clicks }) => add(...clicks, a, a, u, a, b, b),
    ],
  ])("%s", (expression, plain) => {
    const used = blocks.filter((block) => expression.includes(`${block.split(/[ (]/)[1]}(`));
    expectX(`let x = ${expression}`, plain, used.join("\n"));
  });

  test("steps of lists stay lists of each step", () => {
    expectX("let x = sum(sum(join([clicks, clicks * a], [clicks * b])))", ({ a, b, clicks }) =>
      sum(clicks.flatMap((c) => [c, hadamard(c, a), hadamard(c, b)])),
    );
  });

  test("the axis is called by its parts", () => {
    const text = specOf("let s = join([u, a], clicks, append(clicks, b))\n  let x = sum(s)");
    const { values } = analyse(sourceFile("test.din", text));
    const types = [...values.values()].map(({ type }) => printType(type));
    expect(types).toContain("Seq[2 + clicks + clicks + 1, 4]");
  });
});

describe("join in the order of a field", () => {
  const specBy = (kind: string, by: string) => `model ordered
features item { item_id : id  embed 4 }
history clicks(max: 5) {
  item_id <-> clicked
  at      : ${kind}
}
history carts(max: 5) {
  item_id <-> carted
  at      : ${kind}
}
label click : binary
net {
  let all       = join(clicks.item_id, carts.item_id, clicks.item_id, by: ${by})
  predict click = total(item_id) + sum(total(all) * place(all)) |> sigmoid
}`;
  const by = "[clicks.at, carts.at, clicks.at]";
  const compare = (a: Vector, b: Vector) => a.map((x, k) => x - b[k]!).find((x) => x !== 0) ?? 0;
  const total = (x: Vector) => x.reduce((a, b) => a + b);

  test.each([
    ["number", 1],
    ["time", 2],
  ])("a %s, equal ones in the order of the parts", (kind, width) => {
    const network = networkOf(graphOf(specBy(kind, by)));
    for (let i = 0; i < network.examples; i++) {
      const parts = ["clicks", "carts", "clicks"].flatMap((history) => {
        const keys = network.stepNumbers(i, `${history}.at`, width);
        return network.steps(i, `${history}.item_id`).map((step, k) => ({ step, key: keys[k]! }));
      });
      const sorted = parts.toSorted((a, b) => compare(a.key, b.key));
      const places = sorted.reduce((sum, { step }, k) => sum + (sorted.length - k) * total(step), 0);
      expect(network.output("logit.click")[i]![0]).toBeCloseTo(
        total(network.vector(i, "item_id")) + places,
        10,
      );
    }
  });

  test("its axis is called by the order", () => {
    const { values } = analyse(sourceFile("test.din", specBy("time", by)));
    const types = [...values.values()].map(({ type }) => printType(type));
    expect(types).toContain("Seq[clicks + carts + clicks by at, 4]");
  });

  test.each([
    ["a field too few", "[clicks.at, carts.at]"],
    ["fields of other histories", "[clicks.at, clicks.at, clicks.at]"],
    ["no times or numbers", "[clicks.item_id, carts.item_id, clicks.item_id]"],
    ["no fields", "[1, 2, 3]"],
  ])("%s", (_, wrong) => {
    expect(codesOf(specBy("time", wrong))).toEqual(["DIN0397"]);
  });
});

describe("what does not fit is said", () => {
  test.each([
    ["two widths", "let x = sum(join(clicks, [concat(a, b)]))", "DIN0302"],
    ["a vector", "let x = sum(join(clicks, a))", "DIN0303"],
    [
      "steps beside those of another order",
      "let x = sum(join(clicks, clicks) * join([a], clicks))",
      "DIN0275",
    ],
    ["steps in a step", "let x = sum(sum(each(clicks, c => join(clicks, [c]))))", "DIN0301"],
    ["rows of the batch", "let x = a\n  loss more = sum(total(join(batch(a), clicks)))", "DIN0478"],
  ])("%s", (_, net, code) => {
    expect(codesOf(specOf(net))).toEqual([code]);
  });
});
