// Selection ranges around a position, from the inside out: the token, its argument, call, pipe, statement,
// item, and the file.

import type { Position, SelectionRange } from "vscode-languageserver-types";
import type { IToken } from "../../../../grammar/chevrotain.mjs";
import { type CstNode, isNode } from "../../../../grammar/cst.ts";
import { endOf } from "../../../../grammar/tokens.ts";
import type { Span } from "../../../common/source-file.ts";
import type { WholeSyntax } from "../../../frontend/syntax/read-syntax.ts";
import { itemsOf, valuesOf, within } from "../../../frontend/syntax/walk.ts";
import { offsetOf, rangeOf, touches } from "../ranges.ts";
import type { Snapshot } from "../snapshot.ts";
import { allItems, bracketPairs, syntaxOf, withDocs } from "../syntax.ts";

/** One list for each position. */
export function selectionRanges(
  snapshot: Snapshot,
  path: string,
  positions: readonly Position[],
): readonly SelectionRange[] {
  const file = snapshot.file(path);
  if (file === null) return [];
  return positions.map((position) => {
    const spans = spansAround(snapshot, path, offsetOf(file, position));
    let range: SelectionRange | undefined;
    for (const span of spans.toReversed())
      range = range === undefined ? { range: rangeOf(span) } : { range: rangeOf(span), parent: range };
    return range ?? { range: { start: position, end: position } };
  });
}

/** Each span is inside the next. */
function spansAround(snapshot: Snapshot, path: string, offset: number): readonly Span[] {
  const syntax = syntaxOf(snapshot, path);
  if (syntax === null) return [];
  const { file, lexed } = syntax;
  const spans: Span[] = [{ file, start: 0, end: file.text.length }];
  const add = (start: number, end: number) => {
    if (start < end && touches({ file, start, end }, offset)) spans.push({ file, start, end });
  };
  for (const [open, close] of bracketPairs(lexed.tokens)) {
    add(open.startOffset, endOf(close));
    add(...blanksOff(file.text, endOf(open), close.startOffset));
  }
  for (const { tokens, tree } of allItems(syntax.items)) {
    const end = endOf(tokens.at(-1)!);
    add(tokens[0]!.startOffset, end);
    add(withDocs(syntax, tokens[0]!.startOffset), end);
    if (tree !== null) addTree(tree, add, offset);
  }
  // The tree has pipes and sums as flat lists; the parser defines their nesting.
  for (const value of expressionsAt(snapshot, path, offset))
    for (const { span } of within(value)) add(span.start, span.end);
  return nested(spans, wordAt(syntax, offset));
}

/** The name, number, text or comment at an offset; adjacent brackets do not count. */
function wordAt({ file, lexed }: WholeSyntax, offset: number): Span | null {
  const isHere = (token: IToken) =>
    touches({ file, start: token.startOffset, end: endOf(token) }, offset) && /^[\w"/]/.test(token.image);
  const token = [...lexed.tokens, ...lexed.docs, ...lexed.comments].find(
    (each) => isHere(each) && each.image !== "/",
  );
  return token === undefined ? null : { file, start: token.startOffset, end: endOf(token) };
}

function addTree({ start, end, children }: CstNode, add: (start: number, end: number) => void, at: number) {
  if (start < 0 || at < start || end < at) return;
  add(start, end);
  for (const child of children) if (isNode(child)) addTree(child, add, at);
}

function expressionsAt(snapshot: Snapshot, path: string, offset: number) {
  const parsed = snapshot.parsed(path);
  if (parsed === null) return [];
  return itemsOf(parsed.value)
    .filter(({ span }) => touches(span, offset))
    .flatMap(valuesOf);
}

/** The content between brackets, without surrounding white space. */
function blanksOff(text: string, start: number, end: number): readonly [number, number] {
  const inside = text.slice(start, end);
  const begin = start + inside.length - inside.trimStart().length;
  return [begin, begin + inside.trim().length];
}

/** Nested spans from `word` outwards. A span that crosses a smaller one is dropped. */
function nested(spans: readonly Span[], word: Span | null): readonly Span[] {
  const chain: Span[] = word === null ? [] : [word];
  for (const span of spans.toSorted((a, b) => a.end - a.start - (b.end - b.start))) {
    const last = chain.at(-1);
    const isSame = last?.start === span.start && last.end === span.end;
    if (last === undefined || (!isSame && span.start <= last.start && last.end <= span.end)) chain.push(span);
  }
  return chain;
}
