// The tokens, trees and brackets of a file, for features that depend on the form of the text alone.

import type { IToken } from "../../../grammar/chevrotain.mjs";
import { endOf } from "../../../grammar/tokens.ts";
import type { Span } from "../../common/source-file.ts";
import { readWholeSyntax, type SyntaxItem, type WholeSyntax } from "../../frontend/syntax/read-syntax.ts";
import type { Snapshot } from "./snapshot.ts";

/** Null if there is no such file. */
export function syntaxOf(snapshot: Snapshot, path: string): WholeSyntax | null {
  return snapshot.keeping(`syntax ${path}`, () => {
    const file = snapshot.file(path);
    return file === null ? null : readWholeSyntax(file);
  });
}

/** Items, each followed by those in it. */
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

/** Matching brackets in the order of the closing ones; unclosed brackets are left out. */
export function bracketPairs(tokens: readonly IToken[]): readonly (readonly [open: IToken, close: IToken])[] {
  const pairs: [IToken, IToken][] = [];
  const open: IToken[] = [];
  for (const token of tokens) {
    if (closers.has(token.image)) open.push(token);
    else if (token.image === ")" || token.image === "]" || token.image === "}") {
      // A missing inner bracket must not separate the outer ones.
      const match = open.findLastIndex(({ image }) => closers.get(image) === token.image);
      if (match < 0) continue;
      pairs.push([open[match]!, token]);
      open.length = match;
    }
  }
  return pairs;
}

/** The start of the documentation directly above `start`. */
export function withDocs({ file, lexed }: WholeSyntax, start: number): number {
  let begin = start;
  for (const doc of lexed.docs.toReversed()) {
    if (doc.startOffset >= begin) continue;
    if (!/^(?:\r\n|\n|\r)[ \t]*$/.test(file.text.slice(endOf(doc), begin))) break;
    begin = doc.startOffset;
  }
  return begin;
}

/** An expression's span with its parentheses, which the tree omits if they only group. */
export function withBrackets(pairs: ReturnType<typeof bracketPairs>, span: Span): Span {
  let { start, end } = span;
  for (let isGrowing = true; isGrowing; ) {
    isGrowing = false;
    for (const [open, close] of pairs) {
      const [first, last] = [open.startOffset, endOf(close)];
      if (first < start && start < last && last <= end) start = first;
      else if (start <= first && first < end && end < last) end = last;
      else continue;
      isGrowing = true;
    }
  }
  return { ...span, start, end };
}
