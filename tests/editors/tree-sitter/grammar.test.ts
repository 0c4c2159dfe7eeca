// The files of the tree-sitter grammar and its queries are what the tables give.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { emacsMode } from "../../../grammar/editors/emacs-mode.ts";
import {
  foldQuery,
  helixCaptures,
  highlightQuery,
  indentQuery,
  localsQuery,
  neovimCaptures,
  zedCaptures,
  zedIndentQuery,
} from "../../../grammar/editors/tree-sitter-queries.ts";
import { root } from "../../cli/spawn.ts";
import { grammarText, parserOrigin } from "../../support/tree-sitter.ts";

const editors = "grammar/editors";
const files: readonly (readonly [path: string, text: string])[] = [
  ["tree-sitter/src/grammar.json", grammarText],
  ["neovim/queries/din/highlights.scm", highlightQuery(neovimCaptures)],
  ["neovim/queries/din/folds.scm", foldQuery()],
  ["neovim/queries/din/indents.scm", indentQuery("indent.begin", ["indent.branch", "indent.end"])],
  ["neovim/queries/din/locals.scm", localsQuery()],
  ["helix/queries/din/highlights.scm", highlightQuery(helixCaptures)],
  ["helix/queries/din/indents.scm", indentQuery("indent", ["outdent"])],
  ["helix/queries/din/locals.scm", localsQuery()],
  ["zed/languages/din/highlights.scm", highlightQuery(zedCaptures)],
  ["zed/languages/din/indents.scm", zedIndentQuery()],
  ["emacs/din-ts-mode.el", emacsMode()],
];

describe("committed as the tables give it (`npm run generate` writes it)", () => {
  test.each(files)("%s", (name, text) => {
    const path = join(root, editors, name);
    if (process.env["UPDATE"] === "1") writeFileSync(path, text);
    expect(readFileSync(path, "utf8")).toBe(text);
  });
});

test("the committed parser was made of this grammar", () => {
  const parser = readFileSync(join(root, editors, "tree-sitter/src/parser.c"), "utf8");
  expect(parser.slice(0, parser.indexOf("\n") + 1)).toBe(parserOrigin);
});
