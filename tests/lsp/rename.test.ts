// Renaming: what is refused, and that every name of every spec can be given another without changing what the spec means.

import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { prepareRename, rename } from "../../compiler/tools/lsp/features/rename.ts";
import { spanOf } from "../../compiler/tools/lsp/ranges.ts";
import { Snapshot } from "../../compiler/tools/lsp/snapshot.ts";
import { keyOf } from "../../compiler/tools/lsp/symbols/symbol.ts";
import { sweep } from "../support/how-often.ts";
import { specFiles } from "../support/spec-files.ts";
import { marked, nothingOnDisk } from "./markers.ts";

/** The texts of all files after the rename, or why it was refused. */
function renamed(files: ReadonlyMap<string, string>, path: string, offset: number, name: string) {
  const sources = new Map([...files].map(([each, text]) => [each, sourceFile(each, text)]));
  const snapshot = new Snapshot(sources, nothingOnDisk);
  const edit = rename(snapshot, path, offset, name);
  if ("reason" in edit) return edit.reason;
  const after = new Map(files);
  for (const [each, file] of sources) {
    let text = file.text;
    const edits = edit.changes?.[snapshot.uriOf(each)] ?? [];
    for (const { range, newText } of edits.toReversed()) {
      const { start, end } = spanOf(file, range);
      text = text.slice(0, start) + newText + text.slice(end);
    }
    after.set(each, text);
  }
  return after;
}

describe("is refused", () => {
  const reason = (text: string, name: string) => {
    const { snapshot, path, offset } = marked(text);
    const edit = rename(snapshot, path, offset, name);
    return "reason" in edit ? edit.reason : null;
  };
  const SPEC = `features user { age : number  shop : id embed 4 }
features item { item_id : id embed 8 }
history clicks(max: 5) { item_id <-> seen  dwell : number }
label click : binary
block tower(x: Vec[d], units: Int) -> Vec[units] { let a = dense(x, units) a }
net { let taste = tower(age, 4) predict click = sigmoid(dense(taste, 1)) }
`;
  const at = (word: string, name: string) => reason(SPEC.replace(word, `┆${word}`), name);

  test.each([
    ["c1", "c9", "features item { c1..c3 : id }", "c1..c3"],
    ["c2", "d2", "features item { c1 : id  c2 : id  c3 : id }", "c1..c3"],
    ["c3", "d3", "features item { c1..c3 : id }\nfeatures item { c4 : id }", "c1..c3"],
    ["c2", "d2", "features item { a, c1..c3, b : id }", "c1..c3"],
  ])("where a range has %s", (name, to, features, range) => {
    const text = `${features}\nnet { predict click = sum(each(c1..c3, weight)) + weight(${name}) }`;
    expect(reason(text.replace(`weight(${name})`, `weight(┆${name})`), to)).toBe(
      `\`${name}\` is one of \`${range}\``,
    );
  });

  test("of a column of weights, which the data name", () => {
    const spec = "features item { tags : set(id, max: 5, weighted(by: fi┆ts)) }";
    expect(reason(spec, "shares")).toBe("`fits` is a column of the data");
  });

  test("where a range has a field", () => {
    const history = "history h(max: 5) { a, r1..r3 : number }";
    const net = "net { predict click = sum(h.┆r3) + sum(h.a) }";
    expect(reason(`${history}\n${net}`, "s3")).toBe("`r3` is one of `r1..r3`");
    expect(reason(`${history}\n${net.replace("┆", "").replace("h.a", "h.┆a")}`, "s3")).toBeNull();
  });

  test.each([
    ["taste", "age", "`age` is a feature already"],
    ["taste", "clicks", "`clicks` is a history already"],
    ["age", "taste", "`taste` is a let already"],
    ["units: Int", "x", "`x` is a parameter already"],
    ["units: Int", "d", "something that is called `d`, or would be, would mean something else"],
    ["seen", "dwell", "`dwell` is a field already"],
    ["tower(x", "click", "`click` is a label already"],
    ["age", "9lives", expect.stringContaining("do not begin with a digit")],
    ["age", "a b", expect.stringContaining("letters")],
    ["sigmoid", "s", "`sigmoid` is part of the language"],
    ["binary", "s", "`binary` is part of the language"],
  ])("%s to %s", (word, name, expected) => {
    expect(at(word, name)).toEqual(expected);
  });

  test("a let of one variant like that of another, but not like a let of its own net", () => {
    const deep = "model m\nfeatures item { b : number }\nlabel click : binary\n";
    const net = (name: string) => `let ${name} = b * 2 let own = ${name} predict click = sigmoid(own)`;
    const spec = (first: string) =>
      `${deep}net { ${net("a")} }\nvariant v from m { net { ${net(first)} } }\nvariant w from m { net { ${net("x")} } }`;
    const renamedTo = (name: string) => {
      const { snapshot, path, offset } = marked(spec("┆y"));
      return rename(snapshot, path, offset, name);
    };
    expect(renamedTo("x")).not.toHaveProperty("reason");
    expect(renamedTo("own")).toEqual({ reason: "`own` is a let already" });
  });

  test.each([
    ["taste", "interest"],
    // Of the block alone.
    ["units: Int", "taste"],
    // Of the history alone.
    ["seen", "age"],
    ["dwell", "age"],
  ])("but not %s to %s", (word, name) => {
    expect(at(word, name)).toBeNull();
  });

  test("a block of the standard library, and what is no name", () => {
    expect(reason("net { let a = ml┆p(b, [2]) }", "m")).toBe("`mlp` is part of the standard library");
    expect(reason("net { let a = 1┆2 }", "m")).toBe("there is no name here");
    const { snapshot, path, offset } = marked("net { let a = 1┆2 }");
    expect(prepareRename(snapshot, path, offset)).toEqual({ reason: "there is no name here" });
  });
});

test("goes through every file that imports it, from whichever it is asked", () => {
  const texts = new Map([
    ["model.din", 'model m\nimport "a/blocks.din"\nnet { let a = tower(b, units: width) }\n'],
    ["other.din", 'model o\nimport "a/blocks.din"\nnet { let a = b |> tower(units: width) }\n'],
    [
      "a/blocks.din",
      "param width = 3\nblock tower(x: Vec[d], units: Int) -> Vec[units] { dense(x, units) }\n",
    ],
    ["stranger.din", "param width = 3\nblock tower(x: Vec[d]) -> Vec[width] { dense(x, width) }\n"],
  ]);
  const expected = (from: string, to: string) =>
    new Map(
      [...texts].map(([path, text]) => [
        path,
        path === "stranger.din" ? text : text.replace(new RegExp(`\\b${from}\\b`, "g"), to),
      ]),
    );
  for (const name of ["tower", "units", "width"])
    for (const path of ["model.din", "other.din", "a/blocks.din"])
      expect(renamed(texts, path, texts.get(path)!.indexOf(name), "renamed"), `${name} in ${path}`).toEqual(
        expected(name, "renamed"),
      );
});

/** Ranges of a text that have the feature `name`. */
function rangesWith(text: string, name: string): readonly string[] {
  const ranges = [...text.matchAll(/\b([A-Za-z]+)([0-9]+)\.\.\1([0-9]+)\b/g)];
  const number = Number(/[0-9]+$/.exec(name)?.[0]);
  return ranges.flatMap(([range, letters, low, high]) =>
    name.startsWith(letters!) && number >= Number(low) && number <= Number(high) ? [range] : [],
  );
}

const specs = specFiles("examples", "tests/good");
const files = new Map(specs);

describe("changes names alone", () => {
  test.each(sweep(specs))("in %s", (path) => {
    const snapshot = new Snapshot(
      new Map(specs.map(([each, text]) => [each, sourceFile(each, text)])),
      nothingOnDisk,
    );
    const codes = (texts: ReadonlyMap<string, string>) =>
      check(sourceFile(path, texts.get(path)!), {
        resolve: (wanted) => (texts.has(wanted) ? sourceFile(wanted, texts.get(wanted)!) : null),
      }).diagnostics.map(({ code }) => code);
    const before = codes(files);
    const tried = new Set<string>();
    for (const { symbol, span } of snapshot.mentions(path)) {
      const { declaration } = symbol;
      if (declaration?.file.path !== path || tried.has(keyOf(symbol))) continue;
      tried.add(keyOf(symbol));
      // A capital stays one: DIN0242 advises against it before and after.
      const other = /^[A-Z]/.test(symbol.name) ? "Something_else" : "something_else";
      const after = renamed(files, path, span.start, other);
      // What a range has is called as the range says.
      const refused = rangesWith(files.get(path)!, symbol.name).map(
        (range) => `\`${symbol.name}\` is one of \`${range}\``,
      );
      if (typeof after === "string" && refused.includes(after)) continue;
      if (typeof after === "string") throw new Error(`${symbol.name}: ${after}`);
      expect(codes(after), `${symbol.kind} ${symbol.name}`).toEqual(before);
      const back = renamed(after, path, after.get(path)!.indexOf(other), symbol.name);
      expect(back, `${symbol.kind} ${symbol.name} and back`).toEqual(files);
    }
    expect(tried.size).toBeGreaterThan(0);
  });
});
