// The TextMate grammar is what the tables give, and colours what the server's semantic tokens colour: the same, except where
// only a server can know more.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { IGrammar } from "vscode-textmate";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { shownTokens } from "../../compiler/frontend/syntax/shown-tokens.ts";
import { itemHeads, notebookGrammar, textMateGrammar } from "../../grammar/editors/textmate.ts";
import { nameRoles } from "../../grammar/name-roles.ts";
import { endOf, itemKeywords, lex, tokens } from "../../grammar/tokens.ts";
import { root } from "../cli/spawn.ts";
import { namesLikeKeywords } from "../support/names-like-keywords.ts";
import { specFiles } from "../support/spec-files.ts";
import { loadGrammar, NOTEBOOK_GRAMMAR, SPEC_GRAMMAR, scopesOf } from "./textmate-grammars.ts";

const generated = [
  [SPEC_GRAMMAR, textMateGrammar()],
  [NOTEBOOK_GRAMMAR, notebookGrammar()],
] as const;

test.each(generated)("%s is what the tables give (`npm run generate` writes it)", (path, content) => {
  const text = `${JSON.stringify(content, null, 2)}\n`;
  if (process.env["UPDATE"] === "1") writeFileSync(join(root, path), text);
  expect(readFileSync(join(root, path), "utf8")).toBe(text);
});

test("every item is known by a head, but a model, which stands first", () => {
  expect(Object.keys(itemHeads).sort()).toEqual(
    [...itemKeywords.keys()].filter((word) => word !== "model").sort(),
  );
});

let grammar: IGrammar;

beforeAll(async () => {
  grammar = await loadGrammar("source.din");
});

/** What the grammar makes of each token, one a line: `word scope`. */
function shownByGrammar(text: string): { readonly offset: number; readonly image: string; scope: string }[] {
  const scopes = scopesOf(grammar, text);
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

describe("in cells of a notebook, which are Python to VS Code", () => {
  /** As much of Python as could take the first line, or end the spec. */
  const python = JSON.stringify({
    scopeName: "source.python",
    patterns: [
      { match: "#.*$", name: "comment.line.python" },
      { begin: '"""', end: '"""', name: "string.quoted.python" },
      { match: "\\b(?:import|from)\\b", name: "keyword.control.python" },
      { match: "[%/]|=", name: "keyword.operator.python" },
    ],
  });
  const spec = `model a\nfeatures user { user_id : id } // "from"\n`;
  let cells: IGrammar;

  beforeAll(async () => {
    const notebook = readFileSync(join(root, NOTEBOOK_GRAMMAR), "utf8");
    cells = await loadGrammar("source.python", { "source.python": python, "notebook.din": notebook }, [
      "notebook.din",
    ]);
  });

  test.each(["%%din first", "%%din", "\n  %%din first --param units=80"])("a spec begins with %j", (line) => {
    const text = `${line}\n${spec}`;
    const scopes = scopesOf(cells, text);
    const inside = scopesOf(grammar, spec).map((scope) => scope || "meta.embedded.block");
    const begin = line.length + 1;
    expect(scopes.slice(begin, -1).filter((_, i) => spec[i] !== "\n")).toEqual(
      inside.slice(0, -1).filter((_, i) => spec[i] !== "\n"),
    );
    const at = (word: string) => scopes[text.indexOf(word)];
    expect(at("%%din")).toBe("keyword.control.magic");
    if (line.includes("first")) expect(at("first")).toBe(nameRoles.plain.scope);
    if (line.includes("--")) expect(at("--")).toBe("source.python");
  });

  test.each(["%%dinner", "x = 7 %%din", '"""\n%%din\n"""', "# %%din", "%din"])("%j begins none", (line) => {
    const scopes = new Set(scopesOf(cells, `${line}\n${spec}`));
    expect([...scopes].filter((scope) => /magic|embedded|din$/.test(scope))).toEqual([]);
    expect(scopes).toContain("keyword.operator.python");
  });
});
