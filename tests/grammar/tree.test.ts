// The grammar says one thing only, and the tree holds all that was read, in the order of the text.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { readWholeSyntax, type SyntaxItem } from "../../compiler/frontend/syntax/read-syntax.ts";
import { type CstElement, isNode } from "../../grammar/cst.ts";
import { DinParser } from "../../grammar/parser.ts";
import { endOf, makeLexer } from "../../grammar/tokens.ts";

const good = join(import.meta.dirname, "..", "good");
const specs = readdirSync(good).filter((name) => name.endsWith(".din"));

test("no pattern of a token hides another", () => {
  expect(makeLexer({ validates: true }).lexerDefinitionErrors).toEqual([]);
});

test.each([true, false])("no rule is ambiguous, where the parser recovers: %s", (recovers) => {
  expect(() => new DinParser({ recovers, validates: true })).not.toThrow();
});

describe("the tree of an item holds its tokens", () => {
  test.each(specs)("%s", (name) => {
    const { items } = readWholeSyntax(sourceFile(name, readFileSync(join(good, name), "utf8")));
    expect(items.length).toBeGreaterThan(0);
    for (const item of [...items, ...items.flatMap((each) => each.items)]) holdsItsTokens(item);
  });
});

function holdsItsTokens({ tree, tokens, errors }: SyntaxItem): void {
  expect(errors).toEqual([]);
  expect([...tokensIn(tree!)]).toEqual(tokens);
  expect([tree!.start, tree!.end]).toEqual([tokens[0]!.startOffset, endOf(tokens.at(-1)!)]);
}

function* tokensIn(element: CstElement): Generator<CstElement> {
  if (!isNode(element)) yield element;
  else for (const child of element.children) yield* tokensIn(child);
}
