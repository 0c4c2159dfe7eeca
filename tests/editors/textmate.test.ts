// The TextMate grammar is what the tables give, and colours what the server's semantic tokens colour: the same, except where
// only a server can know more.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { loadWASM, OnigScanner, OnigString } from "vscode-oniguruma";
import { type IGrammar, INITIAL, parseRawGrammar, Registry } from "vscode-textmate";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { shownTokens } from "../../compiler/tools/lsp/features/semantic-tokens.ts";
import { itemHeads, textMateGrammar } from "../../grammar/editors/textmate.ts";
import { nameRoles } from "../../grammar/name-roles.ts";
import { endOf, itemKeywords, lex, tokens } from "../../grammar/tokens.ts";
import { root } from "../cli/spawn.ts";
import { namesLikeKeywords } from "../support/names-like-keywords.ts";
import { specFiles } from "../support/spec-files.ts";

const path = "grammar/editors/vscode/syntaxes/din.tmLanguage.json";
const generated = `${JSON.stringify(textMateGrammar(), null, 2)}\n`;
if (process.env["UPDATE"] === "1") writeFileSync(join(root, path), generated);

test("the committed grammar is what the tables give (`npm run generate` writes it)", () => {
  expect(readFileSync(join(root, path), "utf8")).toBe(generated);
});

test("every item is known by a head, but a model, which stands first", () => {
  expect(Object.keys(itemHeads).sort()).toEqual(
    [...itemKeywords.keys()].filter((word) => word !== "model").sort(),
  );
});

let grammar: IGrammar;

beforeAll(async () => {
  const wasm = readFileSync(join(root, "node_modules/vscode-oniguruma/release/onig.wasm"));
  const onigLib = loadWASM(wasm).then(() => ({
    createOnigScanner: (patterns: string[]) => new OnigScanner(patterns),
    createOnigString: (text: string) => new OnigString(text),
  }));
  const registry = new Registry({
    onigLib,
    loadGrammar: async () => parseRawGrammar(readFileSync(join(root, path), "utf8"), path),
  });
  grammar = (await registry.loadGrammar("source.din"))!;
});

/** The innermost scope at each offset of a text, without `.din`; "" where the grammar says nothing. */
function scopesOf(text: string): string[] {
  const scopes: string[] = [];
  let stack = INITIAL;
  for (const line of text.split("\n")) {
    const result = grammar.tokenizeLine(line, stack);
    stack = result.ruleStack;
    for (const { startIndex, endIndex, scopes: found } of result.tokens) {
      const scope = found.at(-1)!.replace(/\.din$/, "");
      for (let i = startIndex; i < Math.min(endIndex, line.length); i++)
        scopes.push(scope === "source" ? "" : scope);
    }
    scopes.push("");
  }
  return scopes;
}

/** What the grammar makes of each token, one a line: `word scope`. */
function shownByGrammar(text: string): { readonly offset: number; readonly image: string; scope: string }[] {
  const scopes = scopesOf(text);
  const { tokens: found, docs, comments } = lex(text);
  return [...found, ...docs, ...comments].map((token) => {
    const own = new Set(scopes.slice(token.startOffset, endOf(token)));
    return { offset: token.startOffset, image: token.image, scope: [...own].join(" and ") };
  });
}

/** The scopes that mean the same as a semantic token. */
function scopesFor(type: string, modifiers: readonly string[]): string[] {
  const roles = Object.values(nameRoles).filter(
    (role) =>
      role.semantic === type &&
      (role.modifiers as readonly string[]).every((name) => modifiers.includes(name)),
  );
  return [
    ...roles.map(({ scope }) => scope),
    ...tokens.filter(({ semantic }) => semantic === type).map(({ scope }) => scope),
  ];
}

/** Tokens of which the grammar says something else than semantic tokens do. */
function differencesIn(name: string, text: string): readonly string[] {
  const shown = new Map(shownTokens(sourceFile(name, text)).map((token) => [token.offset, token]));
  return shownByGrammar(text).flatMap(({ offset, image, scope }) => {
    const token = shown.get(offset);
    const expected = token === undefined ? null : scopesFor(token.type, token.modifiers);
    const agrees = expected === null ? scope.startsWith("punctuation.") : expected.includes(scope);
    return agrees ? [] : [`${image}: ${scope}, not ${token?.type} (${expected?.join(" or ")})`];
  });
}

const specs = specFiles("examples", "tests/good", "compiler/std");

describe("shows what semantic tokens show", () => {
  test.each(specs)("%s", (name, text) => {
    expect(differencesIn(name, text)).toEqual([]);
  });

  test.each(namesLikeKeywords)("%j", (text) => {
    expect(differencesIn("text", text)).toEqual([]);
  });

  test("there are many tokens of every kind in them", () => {
    const types = specs.flatMap(([name, text]) =>
      shownTokens(sourceFile(name, text)).map(({ type }) => type),
    );
    for (const { semantic } of Object.values(nameRoles))
      expect(types.filter((type) => type === semantic).length, semantic).toBeGreaterThan(20);
  });
});
