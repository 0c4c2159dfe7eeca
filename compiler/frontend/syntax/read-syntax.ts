// A text as tokens and concrete syntax trees: what the parser builds the AST from and the formatter lays out. Read once.

import type { CstNode } from "../../../grammar/cst.ts";
import { type ItemTokens, type Stray, splitItems } from "../../../grammar/items.ts";
import { type ParseError, parseItem } from "../../../grammar/parser.ts";
import { type Lexed, lex } from "../../../grammar/tokens.ts";
import type { SourceFile } from "../../common/source-file.ts";

export interface SyntaxItem extends ItemTokens {
  readonly items: readonly SyntaxItem[];
  /** Null where brackets lie too deep, or where there are more errors than are worth reading. */
  readonly tree: CstNode | null;
  readonly errors: readonly ParseError[];
}

export interface Syntax {
  readonly file: SourceFile;
  /** With keywords marked as such. */
  readonly lexed: Lexed;
  readonly items: Iterable<SyntaxItem>;
  readonly strays: readonly Stray[];
}

/** Longer texts are read again each time: they have more trees than anything else. */
const MOST_KEPT = 100_000;

/** Read last: the parser, the formatter and the features of an editor ask for one text after one another. */
let latest: WholeSyntax | null = null;

/** Trees of a long text are made as `items` is gone through, and kept by nobody. */
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

/** As `readSyntax`, for what goes through the items more than once. */
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
