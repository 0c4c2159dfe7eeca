// Completion: at each `┆` labels that are offered, and such that are not.

import type { CompletionItem } from "vscode-languageserver-types";
import { describe, expect, test } from "vitest";
import { completion } from "../../compiler/lsp/features/completion.ts";
import { marked } from "./markers.ts";

export function offered(text: string, snippets = true): readonly CompletionItem[] {
  const { snapshot, path, offset } = marked(text);
  return completion(snapshot, path, offset, { snippets });
}

const labels = (text: string) =>
  offered(text)
    .toSorted((a, b) => (a.sortText! < b.sortText! ? -1 : 1))
    .map(({ label }) => label);

test("scratch", () => {
  for (const text of [
    "┆",
    "model a\nfea┆",
    "features ┆",
    "features item { item_id : ┆ }",
    "features item { item_id : id(┆",
    "features item { item_id : id(min_count: 2, ┆) }",
    "features item { item_id : id ┆ }",
    "features item { item_id : id embed ┆ }",
    "features item { item_id : id embed(16, ┆ }",
    "features item { item_id : id embed(16, init: ┆ }",
    "features item { item_id : number |> ┆ }",
    "features user { user_id : id }\nfeatures item { item_id : id\n pair : cross(┆ }",
    "features item { item_id : id embed 8\n other : id share ┆ }",
    "features item { item_id : id embed 8 price : number}\nhistory h(max: 5) { ┆ }",
    "history h(┆) {  }",
    "label click : ┆",
    "label click : binary\nlabel buy : binary\nnet { predict click = 1\n predict ┆ }",
    "net { ┆ }",
    "net { let a = 1 \n ┆ }",
    "features item { item_id : id embed 8 }\n history h(max: 5) { item_id <-> hist_item_id dwell : number }\nnet { let a = h.┆ }",
    "features item { item_id : id embed 8 }\n history h(max: 5) { item_id <-> hist_item_id dwell : number }\nnet { let a = sum(┆ }",
    "net { let a = dense(b, 5, ┆) }",
    "param n = 5\nnet { let a = dense(b, ┆) }",
    "net { let a = mlp(b, ┆) }",
    "block f(x: ┆",
    "block f(x: Vec[d], y: Vec[┆",
    "block f(x: Vec[d]) -> Vec[1] { let a = x\n ┆ }",
    "train { ┆ }",
    "train { batch 5 ┆ }",
    "train { optimizer ┆ }",
    "train { optimizer adam(┆) }",
    "features user { user_id : id }\ntrain { metrics auc, ┆ }",
    "features user { user_id : id }\ntrain { metrics gauc(┆ }",
    "features user { user_id : id }\ntrain { metrics gauc(by: ┆ }",
    "model a\nvariant b ┆",
    "model a\nvariant b from ┆",
    "model a\nvariant b from a { ┆ }",
    'import "┆"',
    "param n = ┆",
    "net { let a = fold([1], b, (h, n) => h |> dense(┆",
    "net { let a = fold([1], b, ┆",
    "features item { item_id : id embed 8 }\n history h(max: 5) { item_id <-> hist_item_id dwell : number }\nnet { let a = h |> ┆ }",
  ])
    console.log(JSON.stringify(text), "\n   ", labels(text).slice(0, 60).join(" | "));
});
