// JupyterLab's mode divides a text as VS Code's engine does with the same grammar, and has a colour for everything in it.

import { beforeAll, describe, expect, test } from "vitest";
import type { IGrammar } from "vscode-textmate";
import { type RegionRule, textMateGrammar } from "../../../grammar/editors/textmate.ts";
import { nameRoles } from "../../../grammar/name-roles.ts";
import { tokens } from "../../../grammar/tokens.ts";
import { coloursBy, tagsOf } from "../../../python/jupyterlab/textmate-mode.ts";
import { sweep } from "../../support/how-often.ts";
import { namesLikeKeywords } from "../../support/names-like-keywords.ts";
import { specFiles } from "../../support/spec-files.ts";
import { loadGrammar, scopesOf } from "../textmate-grammars.ts";

let grammar: IGrammar;
const colour = coloursBy(textMateGrammar());

beforeAll(async () => {
  grammar = await loadGrammar("source.din");
});

/** The scope at each offset, as `scopesOf` has it. */
function scopesOfMode(text: string): string[] {
  let open: readonly RegionRule[] = [];
  return text.split("\n").flatMap((line) => {
    const scopes: string[] = [];
    while (scopes.length < line.length) {
      const next = colour(line, scopes.length, open);
      open = next.open;
      for (const { end, scope } of next.pieces)
        while (scopes.length < end) scopes.push(scope.replace(/\.din$/, ""));
    }
    return [...scopes, ""];
  });
}

const specs = specFiles("examples", "tests/good", "tests/bad", "compiler/std");

describe("divides", () => {
  test.each(sweep(specs))("%s", (_, text) => {
    expect(scopesOfMode(text)).toEqual(scopesOf(grammar, text));
  });

  test.each(namesLikeKeywords)("%j", (text) => {
    expect(scopesOfMode(text)).toEqual(scopesOf(grammar, text));
  });

  test("texts that somebody is typing", () => {
    const [, text] = specs.find(([name]) => name.endsWith("zoo/din.din"))!;
    for (let end = 0; end < text.length; end += 7) {
      const typed = text.slice(0, end);
      expect(scopesOfMode(typed), typed).toEqual(scopesOf(grammar, typed));
    }
  });
});

test("a line that is too long to colour stays in the regions that it is in", () => {
  const { open } = colour("net {", 0, []);
  expect(colour("a + ".repeat(3000), 0, open)).toEqual({ pieces: [{ end: 12_000, scope: "" }], open });
});

test("every role of a name and every token has a colour", () => {
  const scopes = [
    ...Object.values(nameRoles).map(({ scope }) => scope),
    ...tokens.map(({ scope }) => scope).filter((scope) => scope !== ""),
    "keyword.control.magic",
  ];
  expect(new Set(scopes).size).toBeGreaterThan(15);
  expect(scopes.filter((scope) => tagsOf(`${scope}.din`) === null)).toEqual([]);
  expect(tagsOf("")).toBeNull();
});
