// The outline of a spec, and what is found by typing in a workspace.

import { describe, expect, test } from "vitest";
import { type DocumentSymbol, SymbolKind } from "vscode-languageserver-types";
import { type SourceFile, sourceFile, textOf } from "../../compiler/common/source-file.ts";
import { documentSymbols, workspaceSymbols } from "../../compiler/tools/lsp/features/symbols.ts";
import { spanOf } from "../../compiler/tools/lsp/ranges.ts";
import { Snapshot } from "../../compiler/tools/lsp/snapshot.ts";
import { specFiles } from "../support/spec-files.ts";
import { marked, nothingOnDisk } from "./markers.ts";

const kinds = new Map(Object.entries(SymbolKind).map(([name, kind]) => [kind, name]));

function outline(text: string): string {
  const { snapshot, path, file } = marked(text);
  const lines = (symbols: readonly DocumentSymbol[], depth: number): string[] =>
    symbols.flatMap(({ name, kind, detail, selectionRange, children }) => {
      const selected = textOf(spanOf(file, selectionRange)).replace(/\s+/g, " ");
      const shown = selected === name ? name : `${name} (at: ${selected})`;
      const line = `${"  ".repeat(depth)}${kinds.get(kind)} ${shown}${detail === undefined ? "" : `: ${detail}`}`;
      return [line, ...lines(children ?? [], depth + 1)];
    });
  return lines(documentSymbols(snapshot, path), 0).join("\n");
}

test("features, histories, blocks, the net, settings, variants", () => {
  expect(
    outline(`model din
param units = 80
features item {
  item_id : id(min_count: 2)  embed 16  // ids
  price   : number |> log1p
    |> standardize
}
history clicks(max: 50) {
  item_id <-> hist_item_id
  dwell : number
}
label click : binary
block tower(x: Vec[d], units: Int = 8) -> Vec[units] {
  let half = dense(x, units)
  half
}
net {
  let a = tower(item_id)
  loss again(weight: 0.5) = log_loss(a)
  predict click = a
}
train { optimizer adam(learning_rate: 1e-3)  metrics auc, log_loss }
variant wide from din {
  param units = 160
  net { predict click = 1 }
}
`),
  ).toMatchInlineSnapshot(`
    "Module din: model
    Constant units: = 80
    Namespace features item
      Field item_id: id(min_count: 2) embed 16
      Field price: number |> log1p |> standardize
    Array clicks: history
      Field item_id: <-> hist_item_id
      Field dwell: number
    Boolean click: label : binary
    Function tower: (x: Vec[d], units: Int = 8) -> Vec[units]
      TypeParameter x: Vec[d]
      TypeParameter units: Int
      Variable half: let
    Namespace net
      Variable a: let
      Variable again: loss
      Event click: predict
    Object train
      Property optimizer: adam(learning_rate: 1e-3)
      Property metrics: auc, log_loss
    Class wide: from din
      Constant units: = 160
      Namespace net
        Event click: predict"
  `);
});

test("each name of a list, and a range as it is written", () => {
  const text = `model m
features item { item_id, c1..c3 : id  embed 8 }
history clicks(max: 5) { dwell, r1..r2 : number |> log1p }
label watched : number |> log1p
`;
  expect(outline(text)).toMatchInlineSnapshot(`
    "Module m: model
    Namespace features item
      Field item_id: id embed 8
      Field c1..c3: id embed 8
    Array clicks: history
      Field dwell: number |> log1p
      Field r1..r2: number |> log1p
    Boolean watched: label : number |> log1p"
  `);
});

test("what is broken has no name and is left out", () => {
  expect(
    outline("model\nhistory { a <-> }\nlabel : binary\nnet { let = 3  let b = }"),
  ).toMatchInlineSnapshot(`
    "Module history: model
    Namespace net
      Variable b: let"
  `);
});

test.each(specFiles("examples", "tests/good", "tests/bad"))(
  "%s: names are there, and parts within what they are part of",
  (path, text) => {
    const file = sourceFile(path, text);
    const snapshot = new Snapshot(new Map([[path, file]]), nothingOnDisk);
    const hold = (symbols: readonly DocumentSymbol[], outer: DocumentSymbol["range"] | null): void => {
      for (const { name, range, selectionRange, children } of symbols) {
        expect(name).not.toBe("");
        expect(holds(file, range, selectionRange)).toBe(true);
        if (outer !== null) expect(holds(file, outer, range)).toBe(true);
        hold(children ?? [], range);
      }
    };
    hold(documentSymbols(snapshot, path), null);
  },
);

function holds(file: SourceFile, outer: DocumentSymbol["range"], inner: DocumentSymbol["range"]): boolean {
  const [a, b] = [spanOf(file, outer), spanOf(file, inner)];
  return a.start <= b.start && b.end <= a.end;
}

describe("in the workspace", () => {
  const { snapshot } = marked(`--- a.din
model din
features item { item_id : id embed 8 }
history clicks(max: 3) { item_id <-> hist_item_id  dwell : number }
net { let an_item = item_id }
--- b.din
block item_tower(x: Vec[item_width]) -> Vec[8] { let item_half = x dense(x, 8) }
variant wide from other { param item_width = 3 }
`);
  const found = (query: string) =>
    workspaceSymbols(snapshot, query).map(({ name, containerName }) => `${name} in ${containerName}`);

  test("the closest first", () => {
    expect(found("ITEM_id")).toEqual(["item_id in din", "item_id in clicks", "item_width in wide"]);
    expect(found("item")).toEqual([
      "item_id in din",
      "item_id in clicks",
      "item_tower in b.din",
      "item_width in wide",
      "an_item in din",
    ]);
    expect(found("itw")).toEqual(["item_tower in b.din", "item_width in wide"]);
    expect(found("wti")).toEqual([]);
  });

  test("all for nothing typed, but no more than an author can read", () => {
    expect(found("")).toHaveLength(9);
    const features = Array.from({ length: 500 }, (_, i) => `f${i} : number`).join("\n");
    const many = marked(`model a\nfeatures item {\n${features}\n}`);
    expect(workspaceSymbols(many.snapshot, "f")).toHaveLength(200);
    expect(workspaceSymbols(many.snapshot, "f499")).toHaveLength(1);
  });

  test("where the name stands", () => {
    const [symbol] = workspaceSymbols(snapshot, "item_tower");
    expect(symbol?.location).toEqual({
      uri: "file:///b.din",
      range: { start: { line: 0, character: 6 }, end: { line: 0, character: 16 } },
    });
  });
});
