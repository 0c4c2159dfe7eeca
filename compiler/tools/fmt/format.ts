// Formats every spec in one style, without options. Only white space changes, and commas before closing
// brackets; items with syntax errors keep every character. A text that cannot be formatted faithfully is
// returned unchanged.

import type { IToken } from "../../../grammar/chevrotain.mjs";
import type { CstNode } from "../../../grammar/cst.ts";
import { InternalError } from "../../common/internal-error.ts";
import { type SourceFile, type Span, sourceFile } from "../../common/source-file.ts";
import { type Checked, type Diagnostic, hasErrors } from "../../diagnostics/diagnostic.ts";
import { buildSpec } from "../../frontend/syntax/parse.ts";
import { readWholeSyntax, type SyntaxItem, type WholeSyntax } from "../../frontend/syntax/read-syntax.ts";
import { type Doc, hardLine, print } from "./doc.ts";
import { ItemLayout } from "./items.ts";
import { tokenDifference } from "./same-tokens.ts";
import { type Element, type Trivia, triviaOf } from "./trivia.ts";

/**
 * The formatted text, with the syntax errors of `file`. Tokens and comments are those of `file`, and
 * formatting the result again changes nothing. If that fails, which would be a mistake in dinc, the text is
 * unchanged.
 */
export function format(file: SourceFile): Checked<string> {
  const read = readLayout(file);
  const isFaithful = faithlessness(read) === null;
  return { value: isFaithful ? read.formatted : file.text, diagnostics: read.diagnostics };
}

/** Like `format`, for tests: throws InternalError if the result breaks a promise. */
export function formatStrictly(file: SourceFile): Checked<string> {
  const read = readLayout(file);
  const problem = faithlessness(read);
  if (problem !== null) throw new InternalError(`formatting ${file.path}: ${problem}`);
  return { value: read.formatted, diagnostics: read.diagnostics };
}

export interface FormattedRange {
  /** The whole text. */
  readonly text: string;
  /** The span of the formatted items and the comments above them, in the old text; null if there are none. */
  readonly around: Span | null;
}

/** Like `format`, but only for items that touch `range`; all others keep every character. */
export function formatRange(file: SourceFile, range: Span): FormattedRange {
  const syntax = readWholeSyntax(file);
  const touched = [...extentsOf(syntax)].filter(
    ([, { start, end }]) => start <= range.end && range.start <= end,
  );
  const chosen = new Set(touched.map(([item]) => item));
  const [first, last] = [touched[0]?.[1], touched.at(-1)?.[1]];
  const around = first === undefined || last === undefined ? null : { ...first, end: last.end };
  const { diagnostics } = buildSpec(syntax);
  const formatted = layOut(syntax, diagnostics, chosen);
  const layout = { syntax, diagnostics, formatted };
  return { text: faithlessness(layout, chosen) === null ? formatted : file.text, around };
}

/** The span of each item, from the comments above it to the comment after it. */
function* extentsOf({ file, lexed, items }: WholeSyntax): Generator<[SyntaxItem, Span]> {
  const { elements } = triviaOf(file, lexed);
  let next = 0;
  for (const item of items) {
    const [first, last] = [item.tokens[0]!, item.tokens.findLast(isWritten)!];
    while (elements[next]!.start < first.startOffset) next++;
    const { leading, start } = elements[next]!;
    const before = elements[next - 1]?.trailingEnd ?? 0;
    const above = leading.length === 0 ? start : before + file.text.slice(before).search(/\S/);
    while (elements[next]!.start < last.startOffset) next++;
    yield [item, { file, start: above, end: elements[next]!.trailingEnd }];
  }
}

/** The parser closes an open bracket by a token without text. */
function isWritten({ image }: IToken): boolean {
  return image !== "";
}

interface Layout {
  readonly syntax: WholeSyntax;
  readonly diagnostics: readonly Diagnostic[];
  readonly formatted: string;
}

function readLayout(file: SourceFile): Layout {
  const syntax = readWholeSyntax(file);
  const { diagnostics } = buildSpec(syntax);
  return { syntax, diagnostics, formatted: layOut(syntax, diagnostics) };
}

/** Returns the broken promise, or null. `chosen`: the formatted items, if not all were formatted. */
function faithlessness(
  { syntax, diagnostics, formatted }: Layout,
  chosen?: ReadonlySet<SyntaxItem>,
): string | null {
  const { file } = syntax;
  if (formatted === file.text) return null;
  const after = readWholeSyntax(sourceFile(file.path, formatted));
  const problem = tokenDifference(syntax, after);
  if (problem !== null) return problem;
  // With the same tokens and no errors, only the parser can find something new, and that is in the trees.
  const found = hasErrors(diagnostics) ? buildSpec(after).diagnostics : [];
  const again = chosen && new Set(after.items.filter((_, i) => chosen.has(syntax.items[i]!)));
  return layOut(after, found, again) === formatted ? null : "formatting the result changes it";
}

/** A run of items that are laid out, or of text that stays unchanged. */
type Part =
  | { readonly kind: "items"; readonly nodes: CstNode[] }
  | { readonly kind: "text"; readonly first: Element; last: Element };

function layOut(
  syntax: WholeSyntax,
  diagnostics: readonly Diagnostic[],
  chosen: ReadonlySet<SyntaxItem> = new Set(syntax.items),
): string {
  const { file } = syntax;
  const trivia = triviaOf(file, syntax.lexed);
  const layout = new ItemLayout(trivia);
  const docs: Doc[] = [];
  for (const part of partsOf(syntax, trivia, diagnostics, chosen)) {
    if (part.kind === "items") {
      docs.push(layout.items(part.nodes, true));
      continue;
    }
    const { first, last } = part;
    const start = startOfLine(file.text, first.start);
    docs.push(layout.comments(first.leading, first.blankBefore, true));
    docs.push({ kind: "verbatim", text: file.text.slice(start, last.trailingEnd) });
  }
  docs.push(layout.comments(trivia.end, false, true), hardLine);
  return print(docs);
}

/** The start of the line if only blanks precede `offset`, else `offset`. */
function startOfLine(text: string, offset: number): number {
  let start = offset;
  while (start > 0 && (text[start - 1] === " " || text[start - 1] === "\t")) start--;
  return start === 0 || text[start - 1] === "\n" || text[start - 1] === "\r" ? start : offset;
}

function partsOf(
  syntax: WholeSyntax,
  trivia: Trivia,
  diagnostics: readonly Diagnostic[],
  chosen: ReadonlySet<SyntaxItem>,
): Part[] {
  const items = soundItems(syntax, trivia, diagnostics, chosen);
  const parts: Part[] = [];
  for (let i = 0; i < trivia.elements.length; i++) {
    const element = trivia.elements[i]!;
    const item = element.token === null ? undefined : items.get(element.token);
    const before = parts.at(-1);
    if (item !== undefined) {
      if (before?.kind === "items") before.nodes.push(item.node);
      else parts.push({ kind: "items", nodes: [item.node] });
      i += item.size - 1;
    } else if (before?.kind === "text") {
      before.last = element;
    } else {
      parts.push({ kind: "text", first: element, last: element });
    }
  }
  return parts;
}

/** The trees of those chosen items that have no errors, by their first token. */
function soundItems(
  syntax: WholeSyntax,
  trivia: Trivia,
  diagnostics: readonly Diagnostic[],
  chosen: ReadonlySet<SyntaxItem>,
): Map<IToken, { readonly node: CstNode; readonly size: number }> {
  const errors = errorOffsets(diagnostics, trivia);
  const sound = new Map<IToken, { readonly node: CstNode; readonly size: number }>();
  let next = 0;
  for (const item of syntax.items) {
    const first = item.tokens[0]!;
    const end = item.tokens.at(-1)!.startOffset;
    while (next < errors.length && errors[next]! < first.startOffset) next++;
    const hasError = next < errors.length && errors[next]! <= end;
    const node = hasError || !chosen.has(item) ? null : soundTree(item);
    if (node !== null) sound.set(first, { node, size: sizeOf(item) });
  }
  return sound;
}

/**
 * The tree of an item without errors, or null. The items in a variant's braces become part of its tree, so
 * that they are laid out together.
 */
function soundTree({ items, unclosed, tree, errors }: SyntaxItem): CstNode | null {
  if (unclosed !== null || tree === null || errors.length > 0) return null;
  if (items.length === 0) return tree;
  const inner = items.map(soundTree);
  if (!inner.every((node) => node !== null)) return null;
  const [variant] = tree.children as [CstNode];
  const head = variant.children.slice(0, -1);
  const children = [...head, ...inner, variant.children.at(-1)!];
  return { ...tree, children: [{ ...variant, children }] };
}

function sizeOf({ tokens, items }: SyntaxItem): number {
  return items.reduce((sum, item) => sum + sizeOf(item), tokens.length);
}

/** The offsets of unreadable text in order: reported errors, and characters that begin no token. */
function errorOffsets(diagnostics: readonly Diagnostic[], trivia: Trivia): number[] {
  const offsets = trivia.elements.flatMap((element) => (element.token === null ? [element.start] : []));
  for (const diagnostic of diagnostics)
    if (hasErrors([diagnostic]) && diagnostic.location.kind === "text")
      offsets.push(diagnostic.location.span.start);
  return offsets.sort((a, b) => a - b);
}
