// Every snippet of the reference does what the reference says.

import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { catalog } from "../../compiler/diagnostics/catalog/index.ts";
import { renderPretty } from "../../compiler/diagnostics/render/pretty.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { parse } from "../../compiler/frontend/syntax/parse.ts";
import { tokens } from "../../grammar/tokens.ts";

const path = resolve(dirname(fileURLToPath(import.meta.url)), "../../grammar/SPEC.md");
const reference = readFileSync(path, "utf8");

/** Snippets of a kind, each with the line it begins on. */
function snippets(info: string): (readonly [number, string])[] {
  return [...reference.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)]
    .filter((match) => match[1] === info)
    .map((match) => [reference.slice(0, match.index).split("\n").length + 1, match[2]!] as const);
}

describe("snippets", () => {
  test.each(snippets("din"))("the spec in line %i checks clean", (line, text) => {
    expect(renderPretty(check(sourceFile(`SPEC.md from ${line}`, text)).diagnostics)).toBe("");
  });

  test.each(snippets("din fragment"))("the items in line %i parse", (line, text) => {
    const { value, diagnostics } = parse(sourceFile(`SPEC.md from ${line}`, text));
    expect(renderPretty(diagnostics)).toBe("");
    expect(value.items.length + value.imports.length).toBeGreaterThan(0);
  });

  test("there are some of each", () => {
    expect(snippets("din").length).toBeGreaterThanOrEqual(3);
    expect(snippets("din fragment").length).toBeGreaterThanOrEqual(2);
  });
});

describe("nothing is left out of the reference", () => {
  const [[, grammar]] = snippets("ebnf") as [readonly [number, string]];

  test.each(tokens.filter((token) => token.category === "keyword").map((token) => token.word!))(
    'the keyword "%s" is in the grammar',
    (word) => {
      expect(grammar).toContain(`"${word}"`);
    },
  );

  test("every code that it names exists", () => {
    const codes = new Set(catalog.map((entry) => entry.code));
    expect(
      [...reference.matchAll(/DIN\d{4}/g)].map(([code]) => code).filter((code) => !codes.has(code)),
    ).toEqual([]);
  });
});

test.each([
  ["a + b * c", "a + (b * c)"],
  ["-a * b", "(-a) * b"],
  ["a + 1 > b * c", "(a + 1) > (b * c)"],
  ["a + b |> f(2)", "(a + b) |> f(2)"],
  ["x |> f |> g(1)", "(x |> f) |> g(1)"],
])("`%s` means `%s`", (written, meant) => {
  const shape = (text: string) => {
    const { value, diagnostics } = parse(sourceFile("test.din", `block b() { ${text} }`));
    expect(diagnostics).toEqual([]);
    const [block] = value.items;
    expect(block?.kind).toBe("block");
    return JSON.stringify(block?.kind === "block" && block.value, (key, part) =>
      key === "span" ? undefined : part,
    );
  };
  expect(shape(written)).toBe(shape(meant));
});
