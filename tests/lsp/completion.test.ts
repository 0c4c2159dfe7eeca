// Completion: what is offered where, how it is written, and that what is accepted parses.

import { describe, expect, test } from "vitest";
import { type CompletionItem, InsertTextFormat, TextEdit } from "vscode-languageserver-types";
import { type SourceFile, sourceFile } from "../../compiler/common/source-file.ts";
import { blockWithoutValue } from "../../compiler/diagnostics/catalog/syntax.ts";
import { parse } from "../../compiler/frontend/syntax/parse.ts";
import { completion } from "../../compiler/tools/lsp/features/completion.ts";
import { offsetOf, spanOf } from "../../compiler/tools/lsp/ranges.ts";
import { splitItems } from "../../grammar/items.ts";
import { parsePrefix } from "../../grammar/parser.ts";
import { lex } from "../../grammar/tokens.ts";
import { broken, type Case, sound } from "./completion-cases.ts";
import { marked } from "./markers.ts";

function offered(text: string, snippets = true): readonly CompletionItem[] {
  const { snapshot, path, offset } = marked(text);
  return completion(snapshot, path, offset, { snippets }).toSorted((a, b) =>
    a.sortText! < b.sortText! ? -1 : 1,
  );
}

function expectOffered({ text, first, all, some = [], none = [] }: Case): void {
  const labels = offered(text).map(({ label }) => label);
  if (first !== undefined) expect(labels.slice(0, first.length)).toEqual(first);
  if (all !== undefined) expect(labels.toSorted()).toEqual(all.toSorted());
  for (const label of some) expect(labels).toContain(label);
  for (const label of none) expect(labels).not.toContain(label);
}

describe("offers", () => {
  test.each(Object.entries({ ...sound, ...broken }))("%s", (_, each) => expectOffered(each));
});

/** The text with an item accepted, its blanks filled with what they show. */
function accepted(file: SourceFile, item: CompletionItem): { readonly text: string; readonly end: number } {
  const edit = item.textEdit!;
  if (!TextEdit.is(edit)) throw new Error(`${item.label} has no plain edit`);
  const filled =
    item.insertTextFormat === InsertTextFormat.Snippet
      ? edit.newText
          .replace(/\$\{\d+:([^}]*)\}/g, "$1")
          .replace(/(?<==>? )\$0/, "1")
          .replace("$0", "")
      : edit.newText;
  const start = offsetOf(file, edit.range.start);
  const text = file.text.slice(0, start) + filled + file.text.slice(offsetOf(file, edit.range.end));
  return { text, end: start + filled.length };
}

describe("what is accepted", () => {
  test.each(Object.entries(sound))("goes on as the grammar does: %s", (_, { text }) => {
    const { file } = marked(text);
    for (const item of offered(text, false)) {
      const result = accepted(file, item);
      const { tokens } = lex(result.text.slice(0, result.end));
      const last = tokens.at(-1)!;
      const { items } = splitItems(tokens);
      const all = items.flatMap((each) => [each, ...each.items]);
      const found = all.find((each) => each.tokens.includes(last));
      expect(found, item.label).toBeDefined();
      const upTo = found!.tokens.slice(0, found!.tokens.indexOf(last) + 1);
      expect(parsePrefix(upTo).stoppedAt, item.label).toBeNull();
    }
  });

  test.each(Object.entries(sound))("parses with its blanks filled: %s", (_, { text }) => {
    const { file } = marked(text);
    for (const item of offered(text)) {
      const { text: result } = accepted(file, item);
      const whole = result
        .replace(/([a-z]\w*: )(?=[),])/g, "$11")
        .replace(/(?<=history \w+\(max): (?=\))/, ": 1");
      const { diagnostics } = parse(sourceFile(file.path, whole));
      // A block in which a `let` is begun has no value yet.
      const errors = diagnostics
        .filter(({ severity, code }) => severity === "error" && code !== blockWithoutValue.code)
        .map(({ message }) => message);
      expect(errors, `${item.label}: ${whole}`).toEqual([]);
    }
  });
});

describe("how it is written", () => {
  const item = (text: string, label: string, snippets = true) => {
    const found = offered(text, snippets).find((each) => each.label === label);
    if (found === undefined) throw new Error(`${label} is not offered`);
    return found;
  };
  /** Blanks with what they show are `‹x›`. */
  const written = (text: string, label: string, snippets = true) =>
    item(text, label, snippets).textEdit?.newText.replace(/\$\{\d+:([^}]*)\}/g, "‹$1›");

  test("calls with blanks for what has to be given, as far as the client fills them in", () => {
    expect(written("net { let a = ┆ }", "mlp")).toBe("mlp(‹x›, ‹units›)$0");
    expect(written("net { let a = ┆ }", "mlp", false)).toBe("mlp");
    expect(written("net { let a = b |> ┆ }", "mlp")).toBe("mlp(‹units›)$0");
    expect(written("net { let a = b |> ┆ }", "relu")).toBe("relu");
    expect(written("net { let a = ┆ }", "scan")).toBe("scan(‹cell›, ‹x›, width: ‹width›)$0");
    expect(written("net { let a = dense(b, 4, ┆) }", "relu")).toBe("relu");
  });

  test("no second parentheses, and all of the word that the cursor is in", () => {
    const found = item("net { let a = con┆cat(b) }", "concat");
    expect(found.textEdit).toEqual({
      range: { start: { line: 0, character: 14 }, end: { line: 0, character: 20 } },
      newText: "concat",
    });
    expect(written("features item { a : i┆d(size: 5) }", "id")).toBe("id");
    expect(written("net { let a = dense(b, wi┆dth: 4) }", "width:")).toBe("width");
  });

  test("nothing of what stands after a cursor before it", () => {
    expect(item("net { let a = ┆b }", "concat").textEdit).toMatchObject({
      range: { start: { character: 14 }, end: { character: 14 } },
    });
  });

  test("kinds, columns and predictions with blanks", () => {
    expect(written("features item { a : ┆ }", "int(0..23)")).toBe("int(‹0›..‹23›)");
    expect(written("features item { a : ┆ }", "set(id, max: 20)")).toBe("set(‹id›, max: ‹20›)");
    expect(written("features item { a : ┆ }", "set(id, max: 20)", false)).toBe("set(id, max: 20)");
    expect(written("features item { a : id }\nhistory h(max: 5) { ┆ }", "a")).toBe("a <-> ‹hist_a›");
    expect(written("label buy : binary\nnet { ┆ }", "predict")).toBe("predict ‹buy› = $0");
    expect(written("train { metrics ┆ }\nfeatures user { who : id }", "ndcg(by: who, at: 10)")).toBe(
      "ndcg(by: who, at: ‹10›)",
    );
  });

  test("a block of another file with the edit that imports it", () => {
    const text = (head: string) => `--- models/model.din
${head}net { let a = tow┆ }
--- shared/blocks.din
/// A tower.
block tower(x: Vec[d]) -> Vec[d] { x }
`;
    const edits = (head: string) => {
      const { file } = marked(text(head));
      const found = item(text(head), "tower");
      expect(found.documentation).toEqual({ kind: "markdown", value: "A tower." });
      const [edit, ...others] = found.additionalTextEdits ?? [];
      expect(others).toEqual([]);
      const { start, end } = spanOf(file, edit!.range);
      return file.text.slice(0, start) + edit!.newText + file.text.slice(end);
    };
    const line = 'import "../shared/blocks.din"\n';
    expect(edits("model a\n")).toBe(`model a\n\n${line}net { let a = tow }\n`);
    expect(edits('model a\nimport "b.din"\n')).toBe(`model a\nimport "b.din"\n${line}net { let a = tow }\n`);
    expect(edits("")).toBe(`${line}\nnet { let a = tow }\n`);
  });

  test("types as details, documentation as Markdown", () => {
    const text = "features item {\n  /// What is *shown*.\n  item_id : id embed 8\n}\nnet { let a = ┆ }";
    expect(item(text, "item_id")).toMatchObject({
      detail: "Vec[8]",
      documentation: { kind: "markdown", value: "What is *shown*." },
    });
    expect(item(text, "dense").detail).toContain("width: Int");
  });
});

describe("in comments", () => {
  const text = (comment: string) => `model a
features item {
  item_id : id  embed 8
  never   : id ${comment}
}
label click : binary
net { predict click = dense(item_id, 1, sigmoid) }
`;

  test("codes of what is wrong on the line", () => {
    const [found] = offered(text("// dinc-ignore ┆"));
    expect(found).toMatchObject({ label: "DIN0227", detail: expect.stringContaining("`never`") });
    expect(found!.insertTextFormat).toBe(InsertTextFormat.Snippet);
    expect(offered(text("// dinc-ignore DIN02┆")).map(({ label }) => label)).toContain("DIN0227");
    expect(
      offered(text("").replace("  never", "  // dinc-ignore ┆\n  never")).map(({ label }) => label),
    ).toContain("DIN0227");
  });

  test("the directive itself", () => {
    expect(offered(text("// dinc-ig┆")).map(({ label }) => label)).toContain("dinc-ignore DIN0227");
  });

  test("nothing in a remark, and nothing where nothing is wrong", () => {
    expect(offered(text("// this is ┆"))).toEqual([]);
    expect(offered(text("").replace("embed 8", "embed 8 // dinc-ignore ┆"))).toEqual([]);
  });
});

describe("asked by the editor of its own accord, after a blank", () => {
  const unasked = (text: string) => {
    const { snapshot, path, offset } = marked(text);
    return completion(snapshot, path, offset, { snippets: true }, " ").map(({ label }) => label);
  };

  test("what may begin anywhere is not in the way", () => {
    expect(unasked("model a\n ┆")).toEqual([]);
    expect(unasked("net { let a = 1 ┆ }")).toEqual([]);
  });

  test("what has to come is offered", () => {
    expect(unasked("net { predict ┆ }\nlabel click : binary")).toEqual(["click"]);
    expect(unasked("features item { a : id ┆ }")).toEqual(["embed", "share"]);
    expect(unasked("train { optimizer ┆ }")).toContain("adam");
  });
});

test("while a spec is typed, names of a key ago are known, and types as they were", () => {
  const lines = ["features item { item_id : id embed 8 }", "net {", "  let taste = item_id", "  let b = "];
  let { snapshot, path } = marked(lines.join("\n"));
  snapshot.analysis(path);
  const text = `${lines.join("\n")}ta`;
  snapshot = snapshot.with(new Map([[path, sourceFile(path, text)]]));
  const found = completion(snapshot, path, text.length, { snippets: true });
  expect(found.find(({ label }) => label === "taste")?.detail).toBe("Vec[8]");
});
