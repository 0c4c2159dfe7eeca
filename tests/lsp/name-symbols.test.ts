// What names mean: each text has the cursor on a name, and `«…»` around every mention of the same thing.

import { describe, expect, test } from "vitest";
import { type SourceFile, sourceFile, textOf } from "../../compiler/common/source-file.ts";
import { analyse } from "../../compiler/frontend/check/check.ts";
import { definition } from "../../compiler/tools/lsp/features/definition.ts";
import { references } from "../../compiler/tools/lsp/features/references.ts";
import { rangeOf, spanOf } from "../../compiler/tools/lsp/ranges.ts";
import { Snapshot } from "../../compiler/tools/lsp/snapshot.ts";
import { specFiles } from "../support/spec-files.ts";
import { marked, nothingOnDisk, withMarks } from "./markers.ts";

/** All mentions of what is at the cursor, marked, file by file. */
function found(text: string): string {
  const { snapshot, path, offset } = marked(text);
  const locations = references(snapshot, path, offset, true);
  const names = text.match(/(?<=^--- )\S+$/gm) ?? ["model.din"];
  return names
    .map((name) => {
      const file = snapshot.file(name)!;
      const uri = snapshot.uriOf(name);
      const spans = locations.filter((each) => each.uri === uri).map(({ range }) => spanOf(file, range));
      const head = names.length === 1 && !text.startsWith("---") ? "" : `--- ${name}\n`;
      return head + withMarks(file, spans);
    })
    .join("");
}

const cases: Readonly<Record<string, string>> = {
  "a feature: its declaration, bindings, fields, the net, crosses, shares, metrics": `
features user { user_id : id }
features item {
  «item_id» : id  embed 8
  seller : id share «item_id»
  pair : cross(«item_id», seller, hash: 10)  embed 4
}
history clicks(max: 5) { «item_id» <-> hist_item_id }
net {
  let a = concat(«item_┆id», clicks.«item_id»)
  let b = each(1..2, item => item * weight(«item_id»))
}
train { metrics gauc(by: «item_id») }
`,
  "a column is another thing than the feature bound to it, though it has its name": `
features item { item_id : id embed 8 }
history clicks(max: 5) { item_id <-> «item_id┆» }
`,
  "a column of weights, which no other name means": `
features item {
  fits  : id  embed 2
  tags  : set(id, max: 5, weighted(by: «fi┆ts»))  embed 2
  moods : set(id, max: 5, pool: sum, weighted(by: «fits»))  embed 2
}
`,
  "fields of columns that are bound to one feature": `
features item { item_id : id embed 8 }
history clicks(max: 5) {
  item_id <-> «seen»
  item_id <-> bought
}
net { let a = sum(clicks.«se┆en») + sum(clicks.bought) }
`,
  "a field of a history's own": `
history clicks(max: 5) { «dwell» : number |> log1p }
net { let a = sum(clicks.«dw┆ell») }
`,
  "a feature that a list declares": `
features item { shop_id, «item_id», c1..c2 : id  share other  other : id embed 8 }
history clicks(max: 5) { «item_id» <-> seen }
net { let a = concat(«item_┆id», shop_id, c1..c2) }
`,
  "the word freeze is no feature's name": `
features item { item_id : id }
net { let a = embed(item_id, 4, «fr┆eeze», init: normal(1)) + embed(item_id, 4, init: normal(1), «freeze») }
`,
  "a feature that is called freeze": `
features item { item_id : id  «freeze» : id }
net { let a = embed(item_id, 4, «freeze») + weight(«fr┆eeze») }
`,
  "a field that a list declares": `
history clicks(max: 5) { at, «dwell», c1..c2 : number |> log1p }
net { let a = sum(clicks.«dw┆ell») + sum(clicks.at) }
`,
  "what a declaration of several names shares": `
features item { a, b, c1..c3 : id  share «it┆em_id»  «item_id» : id embed 8 }
`,
  "a param: in kinds, widths, histories, blocks, the net, settings; not where something nearer has its name": `
param «width» = 8
param double = 2 * «width»
features item { item_id : id(min_count: «width»)  embed «width» }
history clicks(max: «width») { item_id <-> hist_item_id }
block own(width: Int) -> Vec[width] { width }
block uses(x: Vec[«width»]) -> Vec[«width»] { dense(x, «wid┆th») }
net { let a = each(1..2, width => width) + dense(item_id, «width») }
train { batch 8 * «width» }
`,
  "a parameter of a block: in its body, its widths, and where it is given by name": `
block tower(x: Vec[d], «units»: Int, more: Int = «units») -> Vec[«units»] {
  let units_twice = 2 * «un┆its»
  dense(x, «units»)
}
net { let a = tower(b, «units»: 4) let units = 3 let c = b |> tower(«units»: units) }
`,
  "a width": `
block pair(query: Vec[«d┆»], key: Vec[«d»]) -> Vec[2*«d»] { concat(query, dense(key, «d»)) }
block other(x: Vec[d]) -> Vec[d] { x }
`,
  "a let, also where it is used too early": `
net {
  let early = «taste» + 1
  let «taste» = 2
  predict click = «ta┆ste»
}
label click : binary
`,
  "a let hides what its name meant above it": `
features item { price : number }
net {
  let «price» = log(price)
  predict click = sigmoid(«pr┆ice»)
}
`,
  "a label": `
label «cli┆ck» : binary
net { predict «click» = 1 }
train { loss binary_cross_entropy(«click»: 2.0) }
`,
  "what a variant says anew is the same thing": `
model base
param «units» = 80
net { let a = dense(b, «units») }
variant wide from base {
  param «un┆its» = 160
  net { let c = dense(b, «units») }
}
variant wider from wide { param «units» = 320 }
`,
  "the net of a variant sees its parent's lets": `
model base
net { let «interest» = 1 let x = «interest» }
variant other from base { net { let «interest» = 2 let y = «inte┆rest» + x } }
`,
  "a model and its variants": `
model «ba┆se»
variant wide from «base» { param a = 1 }
variant wider from wide { param a = 2 }
`,
  "a lambda's parameter": `
net { let a = fold(1..3, b, («x┆», n) => dense(«x», n) + «x») + x }
`,
  "an option of the language": `
features item { a : id(«min_┆count»: 2)  b : id(«min_count»: 3) }
`,
  "across files": `--- model.din
import "blocks.din"
net { let a = «to┆wer»(b, units: «wide») |> «tower» }
--- blocks.din
param wide = 3
block «tower»(x: Vec[d], units: Int) -> Vec[units] { dense(x, units) }
block uses(x: Vec[d]) -> Vec[4] { «tower»(x, units: 4) }
--- other.din
import "blocks.din"
net { let a = «tower»(b) let tower_size = 3 }
--- stranger.din
block tower(x: Vec[d]) -> Vec[d] { x }
`.replace("«wide»", "wide"),
};

describe("mentions of the same thing", () => {
  test.each(Object.entries(cases))("%s", (_, text) => {
    expect(found(text)).toBe(text.replace("┆", ""));
  });
});

describe("definition", () => {
  const lead = (text: string) => {
    const { snapshot, path, offset } = marked(text);
    return definition(snapshot, path, offset).map(({ targetUri, targetSelectionRange: { start, end } }) => {
      const file = snapshot.file(targetUri.replace("file:///", ""))!;
      return `${targetUri.replace("file:///", "")}:${start.line + 1}:${start.character + 1} ${textOf(spanOf(file, { start, end }))}`;
    });
  };

  test("of a history's field: the binding, and the feature", () => {
    expect(
      lead(`features item { item_id : id embed 8 }
history clicks(max: 5) { item_id <-> hist_item_id }
net { let a = clicks.item┆_id }`),
    ).toEqual(["model.din:2:26 item_id", "model.din:1:17 item_id"]);
  });

  test("of a name in a list", () => {
    expect(lead("features item { a, item_id : id embed 8 }\nnet { let a = item┆_id }")).toEqual([
      "model.din:1:20 item_id",
    ]);
    expect(lead("history h(max: 5) { a, dwell : number }\nnet { let a = h.dw┆ell }")).toEqual([
      "model.din:1:24 dwell",
    ]);
  });

  test("of a block of the standard library, and of its parameter", () => {
    expect(lead("net { let a = ml┆p(b, [4]) }")).toEqual([
      expect.stringMatching(/^std\/mlp\.din:\d+:7 mlp$/),
    ]);
    expect(lead("net { let a = mlp(b, unit┆s: [4]) }")).toEqual([
      expect.stringMatching(/^std\/mlp\.din:\d+:\d+ units$/),
    ]);
  });

  test("within the standard library", () => {
    const { snapshot } = marked("");
    const file = snapshot.file("std/self-attention.din")!;
    const offset = file.text.indexOf("multi_head(x, heads)");
    expect(definition(snapshot, file.path, offset)[0]?.targetUri).toBe("file:///std/self-attention.din");
  });

  test("of an import: the file", () => {
    expect(
      lead(`--- models/model.din
import "../blo┆cks.din"
--- blocks.din
block a(x: Vec[d]) -> Vec[d] { x }
`),
    ).toEqual(["blocks.din:1:1 "]);
  });

  test("of what the language has: none", () => {
    expect(lead("net { let a = con┆cat(b) }")).toEqual([]);
  });
});

describe("of every spec of the repository", () => {
  const specs = specFiles("examples", "tests/good", "compiler/std");

  test.each(specs)("%s: every name that is no word of the grammar means something", (path, text) => {
    const files = new Map(specs.map(([each, content]) => [each, sourceFile(each, content)]));
    const snapshot = new Snapshot(files, nothingOnDisk);
    const mentions = snapshot.mentions(path);
    for (const { span, symbol } of mentions) expect(textOf(span)).toBe(symbol.name);
    const analysis = analyse(sourceFile(path, text), { resolve: (wanted) => files.get(wanted) ?? null });
    expect(analysis.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(unmentioned(snapshot.file(path)!, mentions)).toEqual([]);
  });
});

/** Names in the text that nothing was found for; the words of the grammar stand before a name or in a place of their own. */
function unmentioned(
  file: SourceFile,
  mentions: readonly { readonly span: { readonly start: number } }[],
): string[] {
  const starts = new Set(mentions.map(({ span }) => span.start));
  const words =
    /^(model|import|param|features|user|item|context|training|history|label|block|net|train|tune|variant|from|let|layer|predict|output|loss|embed|share|_)$/;
  const plain = file.text.replace(/\/\/.*|"(?:[^"\\\n]|\\.)*"/g, (found) => " ".repeat(found.length));
  return [...plain.matchAll(/(?<![\w.])[A-Za-z_]\w*/g)]
    .filter(({ 0: name, index }) => !starts.has(index) && !words.test(name))
    .map(
      ({ 0: name, index }) =>
        `${name} at ${JSON.stringify(rangeOf({ file, start: index, end: index }).start)}`,
    );
}
