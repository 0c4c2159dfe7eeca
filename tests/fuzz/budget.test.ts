// Short texts that ask for more than any machine has end with a diagnostic, and long networks with a result:
// the known ones, and random ones put together from everything that unfolds. `FUZZ=50` makes many more of
// these.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { attentionsOf, candidateInputs } from "../../compiler/backends/serving/attention.ts";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { checkConfig } from "../../compiler/frontend/config/check-config.ts";
import { limits } from "../../compiler/frontend/values/limits.ts";
import { GraphBuilder } from "../../compiler/middle/builder/builder.ts";
import { cost } from "../../compiler/tools/cost/cost.ts";
import { seed, timeout, times } from "../support/how-often.ts";
import { measured } from "../support/measured.ts";
import { survive } from "./survive.ts";

function spec(net: string, extra = ""): string {
  return `model m
features user { u : id  embed 4 }
features item { a : id  embed 4  b : id  embed 4 }
history h(max: 5) { a <-> hist_a }
label p : binary
${extra}
net {
  ${net}
}
`;
}

const predicted = (value: string) => `predict p = concat(a, b, u, sum(h), ${value}) |> dense(1) |> sigmoid`;
const sums = Array.from({ length: 22 }, (_, i) => `(d${i} + 1)`).join("*");
const integers = Array.from({ length: 22 }, (_, i) => `d${i}: Int`).join(", ");
const twice = "block twice(f: Block) { f(f) }";

/** One operation after the other. */
const chainOf = (tenThousands: number) =>
  `fold(1..${tenThousands}, a, (x, i) => fold(1..9999, x, (y, j) => tanh(y)))`;

/** Far beyond what each takes (milliseconds), and far below what they took. */
const SOON = 8000;

describe("is told, soon", () => {
  test.each<[what: string, code: string, text: string]>([
    ["a list that doubles", "DIN0252", spec(predicted("sum(fold(1..40, [a], (x, i) => join(x, x)))"))],
    ["lists in lists", "DIN0252", spec(predicted("sum(fold(1..40, [a], (x, i) => [x, x]))"))],
    ["stages that double", "DIN0252", spec(predicted("sum(stages(1..40, [a], (x, i) => join(x, x))[9])"))],
    ["a list of lists", "DIN0253", spec(predicted("sum(each(1..9000, i => 1..9000))"))],
    ["pairs of 10,000", "DIN0252", spec(predicted("sum(pairs(split(dense(a, 10000), 10000), dot))"))],
    [
      "products of lists of 100,000",
      "DIN0252",
      spec(predicted("sum(product(split(dense(a, 100000), 100000), split(dense(b, 100000), 100000), dot))")),
    ],
    ["a mix of a billion", "DIN0252", spec(predicted("sum(mix([a, b], 1_000_000_000))"))],
    ["a list that grows", "DIN0253", spec(predicted("sum(fold(1..9999, [a], (x, i) => join(x, [a])))"))],
    ["layers within layers", "DIN0254", spec(predicted("fold(1..20, a, (x, i) => cross(x, layers: 1000))"))],
    ["a function of itself", "DIN0255", spec(predicted("twice(g => g(g))"), twice)],
    ["a function of itself, twice", "DIN0255", spec(predicted("twice(g => g(g) + g(g))"), twice)],
    [
      "a function of itself in a fold",
      "DIN0255",
      spec(predicted("twice(g => fold([1], a, (x, i) => g(g)))"), twice),
    ],
    [
      "a product of sums",
      "DIN0256",
      spec(predicted("a"), `block w(x: Vec[${sums}], ${integers}) -> Vec[1] { dense(x, 1) }`),
    ],
    [
      "a power of a width",
      "DIN0256",
      spec(
        predicted("a"),
        "block w(x: Vec[d], n: Int) -> Vec[1] { dense(x, fold(1..40, n, (y, i) => y * y)) |> dense(1) }",
      ),
    ],
    ["a wide list", "DIN0257", spec(predicted("sum(pairs(split(dense(a, 500000), 500), (x, y) => x * y))"))],
    ["wide layers", "DIN0257", spec(predicted("dense(dense(a, 900_000), 900_000)"))],
    [
      "a param that is read often",
      "DIN0258",
      spec(predicted(`sum([${"sum(l), ".repeat(600)}a])`), `param l = [${"1, ".repeat(600)}1]`),
    ],
    [
      "many variants of a large model",
      "DIN0258",
      `${spec(predicted("a"), Array.from({ length: 600 }, (_, i) => `label l${i} : binary`).join("\n"))}${Array.from(
        { length: 600 },
        (_, i) => `variant v${i} from m { train { batch ${i + 1} } }\n`,
      ).join("")}`,
    ],
    ["a chain of more operations than are allowed", "DIN0254", spec(predicted(chainOf(11)))],
    [
      "blocks that double",
      "DIN0292",
      spec(
        predicted("b25(a)"),
        `block b0(x) { x + x }\n${Array.from({ length: 25 }, (_, i) => `block b${i + 1}(x) { b${i}(x) + b${i}(x) }`).join("\n")}`,
      ),
    ],
  ])("%s", { timeout }, (_, code, text) => {
    const { result, milliseconds } = measured(() => check(sourceFile("short.din", text)));
    expect(result.diagnostics.map((each) => each.code)).toContain(code);
    expect(milliseconds).toBeLessThan(SOON);
  });
});

describe("has a result, soon", () => {
  test.each<[what: string, text: string]>([
    ["a sum added to itself", spec(predicted("fold(1..60, a + b, (x, i) => x + x)"))],
    ["a value multiplied by itself", spec(predicted("sum(h * fold(1..60, dense(h, 1), (x, i) => x * x))"))],
    ["a history multiplied by itself", spec(predicted("sum(fold(1..60, h, (x, i) => x * x))"))],
    ["parts put side by side again and again", spec(predicted("fold(1..12, a, (x, i) => concat(x, x))"))],
    ["each layer on all before it", spec(predicted("fold(1..200, a, (x, i) => concat(x, dense(x, 2)))"))],
    ["1,000 layers", spec(predicted("a |> cross(layers: 1000)"))],
    ["all pairs of 500", spec(predicted("sum(pairs(split(dense(a, 500), 500), dot))"))],
    ["lists of thousands", spec(predicted("sum(each(split(dense(a, 8000), 2000), x => mlp(x, [8, 4])))"))],
    ["a chain of 20,000 operations", spec(predicted(chainOf(2)))],
    ["300 towers", spec(predicted("concat(flatten(each(1..300, i => mlp(a, [16, 8]))))"))],
  ])("%s", { timeout }, (_, text) => {
    const { value, diagnostics } = check(sourceFile("long.din", text));
    expect(diagnostics).toEqual([]);
    const { milliseconds } = measured(() => {
      cost(value!, { candidates: 3, history: 2 });
      attentionsOf(lower(value!), candidateInputs(value!));
    });
    expect(milliseconds).toBeLessThan(SOON);
  });

  test("an enum of 50,000 values, a dinc.yaml of 50,000 keys or aliases", { timeout }, () => {
    const values = Array.from({ length: 50_000 }, (_, i) => `"v${i}"`).join(", ");
    const text = `model m\nfeatures item { e : enum(${values})  embed 2 }\nlabel p : binary\nnet { predict p = dense(e, 1) |> sigmoid }\n`;
    expect(measured(() => check(sourceFile("enum.din", text))).milliseconds).toBeLessThan(SOON);
    const system = { environment: () => undefined, problemOf: () => null, file: () => null };
    const keys = Array.from({ length: 50_000 }, (_, i) => `key${i}: 1\n`).join("");
    const aliases = `a: &a 1\n${Array.from({ length: 20_000 }, (_, i) => `b${i}: *a\n`).join("")}`;
    for (const yaml of [keys, aliases]) {
      const { result, milliseconds } = measured(() => checkConfig(sourceFile("dinc.yaml", yaml), system));
      expect(result.diagnostics).toHaveLength(1);
      expect(milliseconds).toBeLessThan(SOON);
    }
    const twice = checkConfig(sourceFile("dinc.yaml", "spec: a.din\nspec: b.din\n"), system);
    expect(twice.diagnostics.map(({ message }) => message)).toEqual([
      "these settings cannot be read: map keys must be unique",
    ]);
  });
});

test("a mistake is told although something else goes too far", () => {
  survive(spec(`let x = fold(1..40, [a], (x, i) => join(x, x))\n  ${predicted("sum(x) + nothing")}`));
});

const child = fileURLToPath(new URL("unfolding-child.mjs", import.meta.url));

test("random programs of everything that unfolds, in a process with little memory", {
  timeout: timeout * 4,
}, async () => {
  const count = Math.ceil(12 * times());
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--max-old-space-size=1500", child, String(seed), String(count)],
    { timeout: timeout * 4, maxBuffer: 1e8 },
  );
  const { models, rejected } = JSON.parse(stdout) as { models: number; rejected: number };
  expect(models + rejected).toBe(count);
  expect(Math.min(models, rejected)).toBeGreaterThan(0);
});

test("the limits are what their reasons say", () => {
  expect(limits.vectors).toBeGreaterThan((1000 * 999) / 2);
  expect(new GraphBuilder().finish().nodes).toEqual([]);
});
