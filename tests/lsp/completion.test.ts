// Completion: what is offered where, how it is written, and that what is accepted parses.

import { describe, expect, test } from "vitest";
import { type CompletionItem, InsertTextFormat, TextEdit } from "vscode-languageserver-types";
import { blockWithoutValue } from "../../compiler/diagnostics/catalog/syntax.ts";
import { completion } from "../../compiler/lsp/features/completion.ts";
import { offsetOf } from "../../compiler/lsp/ranges.ts";
import { parse } from "../../compiler/parse.ts";
import { type SourceFile, sourceFile } from "../../compiler/source/source-file.ts";
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
