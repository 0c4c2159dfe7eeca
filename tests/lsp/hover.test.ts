// Hover: the whole text that is shown at each place of one model is in hover.md; `npm run generate` writes it.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { MarkupContent } from "vscode-languageserver-types";
import { sourceFile, textOf } from "../../compiler/common/source-file.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { sizeOf } from "../../compiler/middle/graph/types.ts";
import { learnedNumbers, spanKey } from "../../compiler/tools/lsp/cursor/values.ts";
import { hover } from "../../compiler/tools/lsp/features/hover.ts";
import { spanOf } from "../../compiler/tools/lsp/ranges.ts";
import { Snapshot } from "../../compiler/tools/lsp/snapshot.ts";
import { specFiles } from "../support/spec-files.ts";
import { marked, nothingOnDisk } from "./markers.ts";

/** What the hover is about, and what it says. */
function shown(text: string): string | null {
  const { snapshot, path, offset, file } = marked(text);
  const found = hover(snapshot, path, offset);
  if (found === null) return null;
  if (!MarkupContent.is(found.contents)) throw new Error("no Markdown");
  return `## \`${textOf(spanOf(file, found.range!))}\`\n\n${found.contents.value}`;
}

const MODEL = `/// Deep Interest Network.
model din
param units = [80, 40]
features user {
  user_id : id  embed 8
  gender  : enum("f", "m")  embed 4
}
features item {
  /// What is shown.
  item_id : id(min_count: 2)  embed 16
  shop_id : id(size: 998)  embed 4
  other   : id(size: 998)  share shop_id
  price   : number |> log1p |> standardize
  pair    : cross(user_id, shop_id, hash: 1000)
}
history clicks(max: 50) {
  item_id <-> hist_item_id
  dwell   : number |> log1p
}
history moves(max: 5) {
  shop_id <-> from_shop
  shop_id <-> to_shop
}
label click : binary
/// How well they go together.
block unit(query: Vec[d], key: Vec[e]) -> Vec[1] {
  let both = concat(query, key)
  both |> dense(8, dice) |> dense(1)
}
net {
  let target    = concat(item_id, shop_id, other)
  let interest  = sum(unit(target, clicks) * clicks)
  let taste     = user_id + 1
  predict click = concat(taste, gender, price, target, interest, weight(pair), mean(clicks.item_id), last(moves.from_shop))
    |> mlp(units, dice)
    |> dense(1)
    |> sigmoid
}
train {
  optimizer adam(learning_rate: 1e-3)
  metrics   auc, gauc(by: user_id, weight: clicks)
}
variant pooled from din { net { let interest = sum(clicks) } }
`;

/** The model with the cursor in the first, or `nth`, word that is `name` after `after`. */
function at(name: string, after = ""): string {
  const start = MODEL.indexOf(name, MODEL.indexOf(after));
  expect(start).toBeGreaterThanOrEqual(0);
  return `${MODEL.slice(0, start + 1)}┆${MODEL.slice(start + 1)}`;
}

const cases: readonly (readonly [name: string, after?: string])[] = [
  ["din", "model"],
  ["units"],
  ["user_id"],
  ["item_id"],
  ["shop_id"],
  ["other"],
  ["price"],
  ["pair"],
  ["clicks"],
  ["hist_item_id"],
  ["dwell"],
  ["from_shop"],
  ["from_shop", "last("],
  ["item_id", "clicks.i"],
  ["click ", "label"],
  ["unit(", "block"],
  ["click", "predict"],
  ["query"],
  ["d]", "Vec["],
  ["both", "let both"],
  ["target"],
  ["interest"],
  ["taste"],
  ["unit(", "sum("],
  ["mlp"],
  ["dense", "|> mlp"],
  ["sigmoid"],
  ["weight"],
  ["* clicks", "interest"],
  ["+ 1"],
  ["id", "user_id :"],
  ["enum"],
  ["log1p"],
  ["min_count"],
  ["hash"],
  ["max", "history"],
  ["binary"],
  ["Vec", "block"],
  ["optimizer"],
  ["adam"],
  ["learning_rate"],
  ["auc"],
  ["by", "gauc"],
  ["clicks", "weight: "],
  ["pooled"],
  ["interest", "variant"],
  ["history"],
  ["embed"],
  ["share"],
  ["from", "variant"],
  ["user", "features"],
];

test("says of every kind of name and expression what there is to say", () => {
  const path = join(import.meta.dirname, "hover.md");
  const found = cases.map(([name, after]) => shown(at(name, after)) ?? `## nothing of ${name}`).join("\n\n");
  const text = `# What hovers say of this model\n\n\`\`\`din\n${MODEL}\`\`\`\n\n${found}\n`;
  if (process.env["UPDATE"] === "1") writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, "utf8"));
});

describe("learned numbers of a net are those of its graph", () => {
  const specs = specFiles("examples", "tests/good");
  const files = new Map(specs.map(([path, text]) => [path, sourceFile(path, text)]));
  const snapshot = new Snapshot(files, nothingOnDisk);
  test.each(specs.map(([path]) => path))("%s", (path) => {
    const model = snapshot.analysis(path)?.value ?? null;
    if (model === null) return expect(snapshot.parsed(path)?.value.name).toBeNull();
    const learned = learnedNumbers(snapshot, path, null);
    const inNet = model.net.statements.map(({ value }) => learned.get(spanKey(value.span)) ?? 0);
    const weights = [...lower(model).parameters.values()].filter(({ role }) => role === "weight");
    expect(sum(inNet)).toBe(sum(weights.map(({ dims }) => sizeOf(dims))));
  });
});

describe("every name of a sound spec says something, and its type where it has one", () => {
  const specs = specFiles("examples", "tests/good", "compiler/std");
  const files = new Map(specs.map(([path, text]) => [path, sourceFile(path, text)]));
  const snapshot = new Snapshot(files, nothingOnDisk);
  test.each(specs.map(([path]) => path))("%s", (path) => {
    const silent = snapshot.mentions(path).flatMap(({ span, symbol }) => {
      const found = hover(snapshot, path, span.start);
      if (found === null || !MarkupContent.is(found.contents)) return `${symbol.kind} ${symbol.name}`;
      const [, code = "", , ...more] = found.contents.value.split("\n");
      const isUntyped = /^(\(([a-z]+ feature|history|field|param|parameter|label)\)|let) [\w.]+$/.test(code);
      return code.endsWith(": ?") || (isUntyped && !more.join().includes("differs by use")) ? code : [];
    });
    expect(silent).toEqual([]);
  });
});

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

test("an option of a label is not that of a feature's kind of the same name", () => {
  const option = (text: string) => shown(`model m\n${text}\nnet { }\n`);
  expect(option("label watch : number(mis┆sing: none)")).toContain("counts in no loss and no metric");
  expect(option("features item { price : number(mis┆sing: 0) }")).toContain(
    "The substitute for a missing value",
  );
});

test("the weights of a set, and their column", () => {
  const within = (text: string) => shown(`features item { tags : set(id, max: 5, ${text}) }`);
  expect(within("weigh┆ted(by: fits)")).toContain("(set) weighted");
  expect(within("weighted(b┆y: fits)")).toContain("(option of weighted) by");
  expect(within("weighted(by: fi┆ts)")).toMatch(/\(column\) fits.*The column of the data with the weights/s);
});

test("a code that is ignored explains itself", () => {
  expect(shown("// dinc-ignore DIN02┆27: later\n")).toMatchInlineSnapshot(`
    "## \`DIN0227\`

    **DIN0227** unused-feature (warning)

    The network does not read it, no history is bound to it and no metric groups by it. So it has no effect."
  `);
  expect(shown('features item { a : enum("// dinc-ignore DIN02┆27") }')).toBeNull();
});

test("a block of another file is said with its documentation", () => {
  expect(
    shown(
      '--- a.din\nimport "b.din"\nnet { let a = tow┆er(1) }\n--- b.din\n/// A tower.\nblock tower(x: Vec[d]) -> Vec[d] { x }\n',
    ),
  ).toMatchInlineSnapshot(`
    "## \`tower\`

    \`\`\`din
    block tower(x: Vec[d]) -> Vec[d]
    \`\`\`

    A tower."
  `);
});

test("with mistakes elsewhere types are shown, and no numbers that nobody knows", () => {
  expect(
    shown("features item { a : id embed 8 }\nnet { let b┆ = dense(a, 4) let c = nothing }"),
  ).toMatchInlineSnapshot(`
    "## \`b\`

    \`\`\`din
    let b: Vec[4]
    \`\`\`

    Computed for each candidate; from item."
  `);
});

test("nothing is said where nothing is known", () => {
  expect(shown("net { let a = unkno┆wn }")).toBeNull();
  expect(shown("// just┆ a remark")).toBeNull();
  expect(shown("net { let a = 1┆2 }")).toBeNull();
});

describe("a retired form", () => {
  const at = (call: string) =>
    shown(
      `model m\nfeatures item {\n  a : id  embed 4\n  h : int(0..3)\n}\nlabel y : binary\nnet { predict y = ${call} |> dense(1) |> sigmoid }`,
    );

  test("says what to write", () => {
    expect(at("swi┆sh(a)")).toContain("`swish(x)` is written `silu(x)`");
    expect(at("dense(a, 4, b┆y: h)")).toContain("`dense(…, by: f)` is written `dense(…, per: f)`");
  });

  test("is no form where the spec has a block of the name", () => {
    const own = shown("model m\nblock swish(x) { x + x }\nnet { predict y = swi┆sh(1) }");
    expect(own).toContain("block swish");
    expect(own).not.toContain("silu");
  });
});
