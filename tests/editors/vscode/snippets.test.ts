// Every snippet, with its placeholders as they stand, is text in the one style that parses, and checks where it belongs.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sourceFile } from "../../../compiler/common/source-file.ts";
import { renderPretty } from "../../../compiler/diagnostics/render/pretty.ts";
import { check } from "../../../compiler/frontend/check/check.ts";
import { format } from "../../../compiler/tools/fmt/format.ts";
import { root } from "../../cli/spawn.ts";

interface Snippet {
  readonly prefix: string;
  readonly description: string;
  readonly body: readonly string[];
}

const snippets: Readonly<Record<string, Snippet>> = JSON.parse(
  readFileSync(join(root, "grammar/editors/vscode/snippets/din.json"), "utf8"),
);

/** As an editor puts it in, with two blanks for a tab. */
function expanded({ body }: Snippet): string {
  let text = body.join("\n").replaceAll("\t", "  ");
  // The innermost first: a placeholder may hold others.
  for (let before = ""; before !== text; ) {
    before = text;
    text = text.replace(/\$\{\d+:([^${}]*)\}/g, "$1").replace(/\$\{\d+\|([^,|]*)[^|]*\|\}/g, "$1");
  }
  return text.replace(/\$\d/g, "");
}

const label = "label click : binary";
const interest = "let interest  = attend(item_id, clicks)";
const predict = "predict click = concat(item_id, interest) |> dense(1) |> sigmoid";

type Part = "user" | "item" | "history" | "labels" | "code" | "net" | "train" | "end";

/** A spec with a snippet in the place of one of its parts. */
function spec({
  user = "",
  item = "",
  history = "history clicks(max: 50) { item_id <-> hist_item_id }",
  labels = label,
  code = `${interest}\n  ${predict}`,
  net = `net {\n  ${code}\n}`,
  train = "",
  end = "",
}: Partial<Readonly<Record<Part, string>>>): string {
  const features = `features user {\n  user_id : id\n${user}\n}\nfeatures item {\n  item_id : id  embed 16\n  cate_id : id\n${item}\n}`;
  return ["model my_model", features, history, labels, net, train, end].join("\n\n");
}

/** Where a snippet belongs. */
const places: Readonly<Record<string, (put: string) => string>> = {
  "A whole model": (put) => put,
  Features: (end) => spec({ end }),
  "An id": (put) => spec({}).replace("item_id : id  embed 16", put),
  "An enum": (user) => spec({ user }),
  "A number": (item) => spec({ item }),
  Buckets: (user) => spec({ user }),
  "A set": (item) => spec({ item }),
  "A text": (item) => spec({ item }),
  "A cross": (item) => spec({ item }),
  "A history": (history) => spec({ history }),
  "A label": (labels) => spec({ labels }),
  "A param": (end) => spec({ end }),
  "An import": (end) => spec({ end }),
  "A block": (end) => spec({ end }),
  "An activation unit": (end) => spec({ end }),
  "A net": (net) => spec({ net }),
  "A let": (put) => spec({ code: `${put}\n  ${interest}\n  ${predict}` }),
  "DIN's attention": (put) => spec({ code: `${put}\n  ${predict}` }),
  "Softmax attention": (put) => spec({ code: `${put}\n  ${predict}` }),
  "A transformer's attention": (put) => spec({ code: `${put}\n  ${predict}` }),
  "A prediction": (put) => spec({ code: `${interest}\n  ${put}` }),
  Training: (train) => spec({ train }),
  "Early stop": (put) => spec({ train: `train { ${put} }` }),
  "A variant": (end) => spec({ end }),
};

describe.each(Object.entries(snippets))("%s", (name, snippet) => {
  const put = expanded(snippet).trimEnd();
  const text = places[name]!(put);

  test("checks where it belongs", () => {
    const resolve = (path: string) => sourceFile(path, "param from_there = 1\n");
    const { diagnostics } = check(sourceFile("model.din", text), { resolve });
    expect(
      renderPretty(
        // Nothing uses yet what a snippet put in.
        diagnostics.filter(({ name }) => !name.startsWith("unused-")),
      ),
    ).toBe("");
  });

  test("is in the one style", () => {
    const { value: formatted } = format(sourceFile("model.din", text));
    expect(withoutColumns(formatted)).toContain(withoutColumns(put));
  });
});

/** Lines are aligned with their neighbours, wherever a snippet is put; an empty line is where the author goes on. */
function withoutColumns(text: string): string {
  return text.replace(/ +/g, " ").replace(/\n\s*\n/g, "\n");
}

test("prefixes differ, and every snippet says what it is", () => {
  const all = Object.values(snippets);
  expect(new Set(all.map(({ prefix }) => prefix)).size).toBe(all.length);
  expect(all.filter(({ description }) => description === "")).toEqual([]);
  expect(Object.keys(places).sort()).toEqual(Object.keys(snippets).sort());
});
