// What the text of a file is made of, for features that go by its form: tokens, trees, brackets.

import type { IToken } from "../../grammar/chevrotain.mjs";
import { readWholeSyntax, type SyntaxItem, type WholeSyntax } from "../read-syntax.ts";
import type { Snapshot } from "./snapshot.ts";

/** Null where there is no such file. */
export function syntaxOf(snapshot: Snapshot, path: string): WholeSyntax | null {
  return snapshot.keeping(`syntax ${path}`, () => {
    const file = snapshot.file(path);
    return file === null ? null : readWholeSyntax(file);
  });
}

/** Items, and those in variants behind them. */
export function* allItems(items: readonly SyntaxItem[]): Generator<SyntaxItem> {
  for (const item of items) {
    yield item;
    yield* allItems(item.items);
  }
}

const closers = new Map([
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
]);

/** Brackets that belong together, in the order of the closing ones; those that nothing closes are left out. */
export function bracketPairs(tokens: readonly IToken[]): readonly (readonly [open: IToken, close: IToken])[] {
  const pairs: [IToken, IToken][] = [];
  const open: IToken[] = [];
  for (const token of tokens) {
    if (closers.has(token.image)) open.push(token);
    else if (token.image === ")" || token.image === "]" || token.image === "}") {
      // A bracket that is missing inside must not part those around it.
      const match = open.findLastIndex(({ image }) => closers.get(image) === token.image);
      if (match < 0) continue;
      pairs.push([open[match]!, token]);
      open.length = match;
    }
  }
  return pairs;
}
