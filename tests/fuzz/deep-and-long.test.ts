// Texts of 100,000 brackets, signs or names in one another, and of very many lines: neither the stack nor time gives out.

import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { sweep, timeout, times } from "../support/how-often.ts";
import { leastRatio } from "../support/measured.ts";
import { survive } from "./survive.ts";

const DEEP = 100_000;

function inNet(value: string): string {
  return `model m\nfeatures item { a : id  embed 4 }\nlabel p : binary\nnet {\n  let x = ${value}\n  predict p = dense(a, 1) |> sigmoid\n}\n`;
}

describe("100,000 in one another", () => {
  test.each<[string, string]>(
    sweep(
      [
        ["parentheses", inNet(`${"(".repeat(DEEP)}a${")".repeat(DEEP)}`)],
        ["parentheses that are not closed", inNet("(".repeat(DEEP))],
        ["parentheses that are not opened", inNet(")".repeat(DEEP))],
        ["brackets", inNet(`${"[".repeat(DEEP)}a${"]".repeat(DEEP)}`)],
        ["brackets that do not fit", inNet(`${"[(".repeat(DEEP)}a${"])".repeat(DEEP)}`)],
        ["braces", "{".repeat(DEEP)],
        ["braces that are not opened", "}".repeat(DEEP)],
        ["calls", inNet(`${"relu(".repeat(DEEP)}a${")".repeat(DEEP)}`)],
        ["named arguments", inNet(`${"relu(x: ".repeat(DEEP)}a${")".repeat(DEEP)}`)],
        ["lambdas", inNet(`fold([1], a, ${"x => ".repeat(DEEP)}a)`)],
        ["lambdas with parentheses", inNet(`fold([1], a, ${"(x, y) => ".repeat(DEEP)}a)`)],
        ["minus signs", inNet(`${"-".repeat(DEEP)}a`)],
        ["minus signs apart", inNet(`${"- ".repeat(DEEP)}a`)],
        ["pipes", inNet(`a${" |> relu".repeat(DEEP)}`)],
        ["fields", inNet(`a${".b".repeat(DEEP)}`)],
        ["sums", inNet(`a${" + a".repeat(DEEP)}`)],
        ["products", inNet(`a${" * a".repeat(DEEP)}`)],
        ["sums in parentheses", inNet(`${"(a + ".repeat(DEEP)}a${")".repeat(DEEP)}`)],
        ["ranges", inNet(`1${"..1".repeat(DEEP)}`)],
        ["widths", `block b(x: ${"Vec[".repeat(DEEP)}d${"]".repeat(DEEP)}) { x }`],
        ["kinds", `features item { a : ${"id(".repeat(DEEP)}${")".repeat(DEEP)} }`],
        ["items in items", "features item { ".repeat(DEEP / 10)],
        ["histories in histories", "history h(max: 1) { ".repeat(DEEP / 10)],
        ["histories in histories, closed", "history h(max: 1) { ".repeat(DEEP / 10) + "}".repeat(DEEP / 10)],
        ["statements in statements", inNet("let y = ".repeat(DEEP / 10))],
      ],
      3,
    ),
  )("%s", (_, text) => {
    survive(text);
  });

  test("blocks that use one another in a chain", () => {
    const chain = Array.from(
      { length: 20_000 },
      (_, i) => `block b${i + 1}(x: Vec[d]) -> Vec[d] { b${i}(x) }\n`,
    ).join("");
    const text = `block b0(x: Vec[d]) -> Vec[d] { relu(x) }\n${chain}${inNet("b20000(a)")}`;
    expect(check(sourceFile("a.din", text)).value).toBeNull();
  });
});

/** A spec with `n` lines of something. */
const kinds: Readonly<Record<string, (n: number) => string>> = {
  features: (n) => withItems(lines(n, (i) => `  f${i} : id  embed 8`)),
  "features on one line": (n) => withItems(lines(n, (i) => `  f${i} : id  embed 8`).replaceAll("\n", " ")),
  "features of one name": (n) => withItems(lines(n, () => "  f : id  embed 8")),
  "kinds that do not exist": (n) => withItems(lines(n, (i) => `  f${i} : idd`)),
  "ignored warnings": (n) => withItems(lines(n, (i) => `  f${i} : id  // dinc-ignore DIN0227: later`)),
  bindings: (n) =>
    `${withItems(lines(n / 2, (i) => `  f${i} : id  embed 8`))}history h(max: 5) {\n${lines(n / 2, (i) => `  f${i} <-> c${i}`)}\n}\n`,
  "bindings to nothing": (n) =>
    `${inNet("a")}history h(max: 5) {\n${lines(n, (i) => `  f${i} <-> c${i}`)}\n}\n`,
  "bindings to one feature": (n) =>
    `${inNet("a")}history h(max: 5) {\n${lines(n, (i) => `  a <-> c${i}`)}\n}\n`,
  "fields of a history": (n) =>
    `${inNet("a")}history h(max: 5) {\n${lines(n, (i) => `  a_${i} : id  embed 2`)}\n}\n`,
  "histories in one": (n) =>
    `${inNet("a")}history h(max: 5) {\n${lines(n, (i) => `history h${i}(max: 5) { a <-> c${i} }`)}\n}\n`,
  "histories in one that is not closed": (n) =>
    `${inNet("a")}history h(max: 5) {\n${lines(n, (i) => `history h${i}(max: 5) { a <-> c${i} }`)}`,
  histories: (n) => inNet("a") + lines(n, (i) => `history h${i}(max: 5) { a <-> c${i} }`),
  labels: (n) => inNet("a") + lines(n, (i) => `label l${i} : binary`),
  predictions: (n) =>
    `model m\nfeatures item { a : id  embed 4 }\n${lines(n / 2, (i) => `label l${i} : binary`)}\nnet {\n${lines(n / 2, (i) => `  predict l${i} = dense(a, 1) |> sigmoid`)}\n}\n`,
  lets: (n) => inNet(`a\n${lines(n, (i) => `  let x${i} = ${i === 0 ? "x" : `x${i - 1}`} + a`)}`),
  "unknown names": (n) => inNet(`a\n${lines(n, (i) => `  let x${i} = unknown_${i} + a`)}`),
  "unknown functions": (n) => inNet(`a\n${lines(n, (i) => `  let x${i} = unknown_${i}(a)`)}`),
  blocks: (n) => inNet("a") + lines(n, (i) => `block b${i}(x: Vec[d]) -> Vec[2*d] { concat(x, relu(x)) }`),
  "blocks with mistakes": (n) =>
    inNet("a") + lines(n, (i) => `block b${i}(x: Vec[d]) -> Vec[d] { concat(x, y) }`),
  "one long call": (n) => inNet(`concat(\n${lines(n, () => "a,")}\n)`),
  settings: (n) => `${inNet("a")}train {\n${lines(n, (i) => `  batch ${i + 1}`)}\n}\n`,
  networks: (n) => inNet("a").repeat(n / 7),
  comments: (n) => lines(n, (i) => `// ${i}`) + inNet("a"),
  documentation: (n) => lines(n, (i) => `/// ${i}`) + inNet("a"),
  "ignoring comments": (n) => lines(n, (i) => `// dinc-ignore DIN0227: ${i}`) + inNet("a"),
  "empty lines": (n) => "\n".repeat(n) + inNet("a"),
  "words of no language": (n) => lines(n, (i) => `foo bar ${i}`),
  "statements with mistakes": (n) => inNet(`a\n${lines(n, (i) => `  let = ${i}`)}`),
  "items with mistakes": (n) => lines(n, (i) => `features item { a${i} : }`),
};

function lines(n: number, line: (i: number) => string): string {
  return Array.from({ length: Math.floor(n) }, (_, i) => line(i)).join("\n");
}

function withItems(features: string): string {
  return `model m\nfeatures item {\n${features}\n}\nlabel p : binary\nnet { predict p = dense(f0, 1) |> sigmoid }\n`;
}

describe("time grows with the number of lines", () => {
  const short = Math.min(12_500, 250 * times());

  test.each(sweep(Object.entries(kinds), 6))("%s", { timeout: timeout * 4 }, (_, make) => {
    const files = [short, short * 8].map((n) => sourceFile("long.din", make(n)));
    // Eight times the lines: linear is 8, quadratic would be 64.
    const linear = 32;
    const [first, eightfold] = files.map((file) => () => check(file));
    expect(leastRatio(first!, eightfold!, linear)).toBeLessThan(linear);
  });
});
