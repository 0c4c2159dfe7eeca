// Whatever the text is, `parse` gives a tree and diagnostics, in time that grows with the text's length.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import type { Checked } from "../../compiler/diagnostics/diagnostic.ts";
import { renderConcise } from "../../compiler/diagnostics/render/concise.ts";
import { renderPretty } from "../../compiler/diagnostics/render/pretty.ts";
import type { Expression, Spec } from "../../compiler/frontend/syntax/nodes.ts";
import { parse } from "../../compiler/frontend/syntax/parse.ts";
import { endOf, lex } from "../../grammar/tokens.ts";
import { anyCharacters, tokenSoup } from "../support/hostile-texts.ts";
import { sweep, sweepRuns } from "../support/how-often.ts";
import { leastRatio } from "../support/measured.ts";
import { around, newPlaces, upTo } from "../support/new-places.ts";
import { specFiles } from "../support/spec-files.ts";

function read(text: string): Checked<Spec> {
  return parse(sourceFile("test.din", text));
}

/** Parses and shows; checks that every place lies in the text. An `expect` takes longer than to parse a short text. */
function survives(text: string): void {
  const { value, diagnostics } = read(text);
  if (!Array.isArray(value.items)) throw new Error(`no tree of ${text}`);
  for (const { location, related, fixes, code } of diagnostics) {
    const places = [location, ...related.map((r) => r.location)].flatMap((p) =>
      p.kind === "text" ? [p.span] : [],
    );
    for (const { start, end } of [...places, ...fixes.flatMap((fix) => fix.edits.map((edit) => edit.span))])
      if (!(start >= 0 && end >= start && end <= text.length))
        throw new Error(`${code} points at ${start} to ${end} of ${text}`);
  }
  renderPretty(diagnostics);
}

const examples = specFiles("tests/good", "examples", "compiler/std", "tests/reuse");

const ends = newPlaces(upTo);
const places = newPlaces(around);

describe.each(sweep(examples))("%s", (_, text) => {
  const tokens = lex(text).tokens;
  const nextOf = new Map(tokens.map((token, i) => [token, tokens[i + 1]]));

  test("every prefix", () => {
    for (const token of ends(tokens)) {
      survives(text.slice(0, token.startOffset));
      survives(text.slice(0, endOf(token) - 1));
    }
  });

  test("every token left out, written twice, and swapped with the next", () => {
    for (const token of places(tokens)) {
      const [before, after] = [text.slice(0, token.startOffset), text.slice(endOf(token))];
      survives(`${before}${after}`);
      survives(`${before}${token.image} ${token.image}${after}`);
      const next = nextOf.get(token);
      if (next !== undefined) survives(`${before}${next.image} ${token.image} ${text.slice(endOf(next))}`);
    }
  });
});

test("one token left out is one diagnostic at most, but for the brackets", () => {
  const [, text] = examples.find(([path]) => path.endsWith("amazon-beauty/din.din"))!;
  const tokens = lex(text).tokens.filter((token) => !/^[(){}[\]]$/.test(token.image));
  const counts = tokens.map((token) => {
    const { diagnostics } = read(text.slice(0, token.startOffset) + text.slice(endOf(token)));
    return [token.image, token.startLine, diagnostics.length] as const;
  });
  expect(counts.filter(([, , count]) => count > 1)).toEqual([]);
});

describe("random texts", () => {
  test("of tokens", () => {
    fc.assert(
      fc.property(tokenSoup, (list) => survives(list.join(" "))),
      { numRuns: sweepRuns(1500) },
    );
  });

  test("of any characters", () => {
    fc.assert(
      fc.property(anyCharacters, (text) => survives(text)),
      { numRuns: sweepRuns(1000) },
    );
  });
});

function height(expression: Expression): number {
  let deepest = 0;
  let level: Expression[] = [expression];
  while (level.length > 0) {
    deepest++;
    level = level.flatMap((e) => {
      switch (e.kind) {
        case "field":
          return [e.object];
        case "call":
          return e.arguments.map((argument) => argument.value);
        case "pipe":
          return [e.input, ...e.arguments.map((argument) => argument.value)];
        case "binary":
          return [e.left, e.right];
        case "negate":
          return [e.operand];
        case "list":
          return [...e.elements];
        case "range":
          return [e.low, e.high];
        case "lambda":
          return [e.body];
        default:
          return [];
      }
    });
  }
  return deepest;
}

describe("deep and long texts", () => {
  const n = 100_000;
  const inNet = (value: string) => `net { let a = ${value} predict p = a }\nlabel p : binary`;

  test.each([
    ["parentheses", `${"(".repeat(n)}a${")".repeat(n)}`],
    ["open parentheses", "(".repeat(n)],
    ["calls", `${"f(".repeat(n)}a${")".repeat(n)}`],
    ["lists", `${"[".repeat(n)}a${"]".repeat(n)}`],
    ["named arguments", `${"f(a: ".repeat(n)}a${")".repeat(n)}`],
    ["functions in one another", `f(${"x => ".repeat(n)}a)`],
    ["minus signs", `${"- ".repeat(n)}a`],
    ["a long sum", `a${" + a".repeat(n)}`],
    ["a long pipe", `a${" |> f".repeat(n)}`],
    ["fields of fields", `a${".b".repeat(n)}`],
  ])("%s, 100,000 of them: one diagnostic, and the next item is read", (_, value) => {
    const { value: spec, diagnostics } = read(inNet(value));
    expect(diagnostics.map((diagnostic) => diagnostic.code)).toEqual(["DIN0111"]);
    expect(spec.items.at(-1)?.kind).toBe("label");
  });

  test("as deep as allowed is read, and no tree is higher than 500", () => {
    const nested = `${"f(a + ".repeat(63)}b${")".repeat(63)}`;
    const { value: spec, diagnostics } = read(`net { let a = ${nested} ${"let b = a + c |> g ".repeat(3)} }`);
    expect(renderConcise(diagnostics)).toBe("");
    const [net] = spec.items;
    const [first] = net?.kind === "net" ? net.statements : [];
    expect(height(first!.value)).toBe(127);

    const high = `${"(".repeat(60)}a${`${" + a".repeat(50)})`.repeat(60)}`;
    const tooHigh = read(`net { let a = ${high} }`);
    expect(tooHigh.diagnostics.map((diagnostic) => diagnostic.code)).toEqual(["DIN0111"]);
  });

  test.each([
    ["braces", "{".repeat(n)],
    ["closing braces", "}".repeat(n)],
    ["brackets that do not fit", `net { let a = ${"[".repeat(n)}${")".repeat(n)} }`],
    ["items without end", "features user { ".repeat(n / 50)],
    ["labels", "label ".repeat(n / 10)],
    ["quotes", '"'.repeat(n)],
    ["characters of no language", "§ ".repeat(n)],
    ["lines of no language", "§\n".repeat(n / 10)],
    ["broken features", `features user {\n${"a : id ) \n".repeat(n / 10)}}`],
    ["broken statements", `net {\n${"let = 3\n".repeat(n / 10)}}`],
    ["one long name", "a".repeat(n)],
    ["one long number", `net { let a = ${"1".repeat(n)} }`],
    ["one long number with underscores", `net { let a = ${"1_".repeat(n)} }`],
    ["one long string", `features user { a : enum("${"\\q".repeat(n / 50)}") }`],
    ["one long list", `net { let a = [${"1, ".repeat(n)}] }`],
  ])("%s", (_, text) => {
    survives(text);
  });

  test("time grows with the length", () => {
    const item =
      "features user {\n  /// Documented.\n  a : id(min_count: 2) embed 16\n  b : number |> log1p\n}\n";
    const text = (lines: number) => {
      const file = sourceFile("long.din", item.repeat(lines / 5));
      return () => expect(parse(file).value.items).toHaveLength(lines / 5);
    };
    // Eight times the text: linear is 8, quadratic would be 64.
    expect(leastRatio(text(1000), text(8000), 30)).toBeLessThan(30);
  });
});
