// What is selected when the author widens the selection, step by step.

import { expect, test } from "vitest";
import type { SelectionRange } from "vscode-languageserver-types";
import { textOf } from "../../compiler/common/source-file.ts";
import { selectionRanges } from "../../compiler/tools/lsp/features/selection.ts";
import { positionOf, spanOf } from "../../compiler/tools/lsp/ranges.ts";
import { marked } from "./markers.ts";

function widened(text: string): string[] {
  const { snapshot, path, file, offset } = marked(text);
  const [first] = selectionRanges(snapshot, path, [positionOf(file, offset)]);
  const texts: string[] = [];
  for (let range: SelectionRange | undefined = first; range !== undefined; range = range.parent)
    texts.push(textOf(spanOf(file, range.range)));
  return texts;
}

test("from a name to the file", () => {
  expect(
    widened(`model a
net {
  let b = concat(x, 2 * cli┆cks.item_id + y) |> dense(8) |> relu
}
`),
  ).toEqual([
    "clicks",
    "clicks.item_id",
    "2 * clicks.item_id",
    "2 * clicks.item_id + y",
    "x, 2 * clicks.item_id + y",
    "(x, 2 * clicks.item_id + y)",
    "concat(x, 2 * clicks.item_id + y)",
    "concat(x, 2 * clicks.item_id + y) |> dense(8)",
    "concat(x, 2 * clicks.item_id + y) |> dense(8) |> relu",
    "let b = concat(x, 2 * clicks.item_id + y) |> dense(8) |> relu",
    "{\n  let b = concat(x, 2 * clicks.item_id + y) |> dense(8) |> relu\n}",
    "net {\n  let b = concat(x, 2 * clicks.item_id + y) |> dense(8) |> relu\n}",
    "model a\nnet {\n  let b = concat(x, 2 * clicks.item_id + y) |> dense(8) |> relu\n}\n",
  ]);
});

test("before a bracket the name is meant", () => {
  expect(widened("net { let b = dense┆(x, 8) }").slice(0, 3)).toEqual([
    "dense",
    "dense(x, 8)",
    "let b = dense(x, 8)",
  ]);
});

test("an item with its documentation", () => {
  expect(widened("model a\n/// What it\n/// is.\nlabel cl┆ick : binary\n")).toEqual([
    "click",
    "label click : binary",
    "/// What it\n/// is.\nlabel click : binary",
    "model a\n/// What it\n/// is.\nlabel click : binary\n",
  ]);
});

test("in a variant, and in an item that cannot be read", () => {
  const inVariant = widened("model a\nvariant b from a { net { let c = d┆ } }");
  expect(inVariant).toContain("net { let c = d }");
  expect(inVariant).toContain("variant b from a { net { let c = d } }");
  expect(widened("net { let a = = (b, [c┆ }")).toEqual([
    "c",
    "let a = = (b, [c",
    "{ let a = = (b, [c }",
    "net { let a = = (b, [c }",
  ]);
});

test("nowhere", () => {
  expect(widened("┆")).toEqual([""]);
});
