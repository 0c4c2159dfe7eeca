// A text as tokens and concrete syntax trees: the parser builds the AST from them, and the formatter lays
// them out. Read once.

import type { CstNode } from "../../../grammar/cst.ts";
import { type ItemTokens, type Stray, splitItems } from "../../../grammar/items.ts";
import { type ParseError, parseItem } from "../../../grammar/parser.ts";
import { type Lexed, lex } from "../../../grammar/tokens.ts";
import type { SourceFile } from "../../common/source-file.ts";

export interface SyntaxItem extends ItemTokens {
  readonly items: readonly SyntaxItem[];
  /** Null if brackets are nested too deep, or if there are too many errors. */
  readonly tree: CstNode | null;
  readonly errors: readonly ParseError[];
}

export interface Syntax {
  readonly file: SourceFile;
  /** The tokens, with keywords marked. */
  readonly lexed: Lexed;
  readonly items: Iterable<SyntaxItem>;
  readonly strays: readonly Stray[];
}

/** Longer texts are not cached, because they have the most trees. */
const MOST_KEPT = 100_000;

/**
 * The last text read: the parser, the formatter and editor features ask for the same text one after the
 * other.
 */
let latest: WholeSyntax | null = null;

/** Makes the trees of a long text while `items` is iterated, without keeping them. */
export function readSyntax(file: SourceFile): Syntax {
  return file.text.length <= MOST_KEPT ? readWholeSyntax(file) : read(file);
}

function read(file: SourceFile): Syntax {
  const lexed = lex(file.text);
  const { items, strays } = splitItems(lexed.tokens);
  return { file, lexed, items: treesOf(items), strays };
}

function* treesOf(items: readonly ItemTokens[]): Generator<SyntaxItem> {
  for (const item of items) yield readItem(item);
}

export interface WholeSyntax extends Syntax {
  readonly items: readonly SyntaxItem[];
}

/** Like `readSyntax`, for callers that iterate the items more than once. */
export function readWholeSyntax(file: SourceFile): WholeSyntax {
  if (latest?.file === file) return latest;
  const syntax = read(file);
  const whole = { ...syntax, items: [...syntax.items] };
  if (file.text.length <= MOST_KEPT) latest = whole;
  return whole;
}

function readItem(item: ItemTokens): SyntaxItem {
  const { tree, errors } = item.tooDeep === null ? parseItem(item.tokens) : { tree: null, errors: [] };
  return { ...item, items: item.items.map(readItem), tree, errors };
}
