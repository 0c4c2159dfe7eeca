// Finds the grammatical context at a position, independent of the text after it. A placeholder name replaces
// the word being typed, and the item is parsed up to there: the rule that accepts the name determines its
// role. Only the statement at the cursor is parsed, and only the necessary part of a broken one, so that a
// longer text does not take longer.

import { createTokenInstance, type IToken, type TokenType } from "../../../../grammar/chevrotain.mjs";
import { type CstElement, type CstNode, isNode } from "../../../../grammar/cst.ts";
import { type ItemTokens, splitItems } from "../../../../grammar/items.ts";
import { parsePrefix } from "../../../../grammar/parser.ts";
import * as t from "../../../../grammar/tokens.ts";
import { positionAt, type SourceFile, type Span } from "../../../common/source-file.ts";

/** The word at a cursor: the typed part, and its span. */
export interface Word {
  /** The part before the cursor. */
  readonly typed: string;
  /** The whole word; ends at the cursor if nothing is typed yet. */
  readonly span: Span;
}

export type CursorContext =
  /** `text` is the comment up to the cursor. */
  | { readonly kind: "comment"; readonly text: string; readonly start: number }
  /** Between items, or in the braces of the variant `variant`. */
  | { readonly kind: "items"; readonly word: Word; readonly variant: string | null }
  | ItemCursor;

export interface ItemCursor {
  readonly kind: "item";
  readonly word: Word;
  /** The keyword that begins the item. */
  readonly item: TokenType;
  /** The tokens of the item up to the cursor. */
  readonly tokens: readonly IToken[];
  /** The variant around it. */
  readonly variant: string | null;
  /**
   * The nodes from the item down to the rule that takes a name, or the string at the cursor; empty if no name
   * is valid there.
   */
  readonly path: readonly CstNode[];
  /** Keywords that the grammar accepts. */
  readonly keywords: ReadonlySet<string>;
  /** The string at the cursor. */
  readonly string: IToken | null;
}

const candidates: ReadonlyMap<TokenType, readonly TokenType[]> = new Map([
  [t.NetKeyword, [t.LetKeyword, t.LayerKeyword, t.PredictKeyword, t.OutputKeyword, t.LossKeyword]],
  [t.BlockKeyword, [t.LetKeyword, t.LayerKeyword]],
  [t.FeaturesKeyword, [t.EmbedKeyword, t.ShareKeyword]],
  [t.HistoryKeyword, [t.EmbedKeyword, t.ShareKeyword]],
  [t.VariantKeyword, [t.FromKeyword]],
]);

const words = new Map(
  t.tokens.flatMap(({ type, word }) => (word === undefined ? [] : [[type, word] as const])),
);

/** Null if nothing is known: in documentation, in a number, or in too deeply nested brackets. */
export function cursorAt(file: SourceFile, offset: number): CursorContext | null {
  const word = wordAt(file, offset);
  const { start } = word.span;
  const text = file.text.slice(0, start);
  const { tokens, docs, comments } = t.lex(text);
  if (docs.at(-1) !== undefined && t.endOf(docs.at(-1)!) === start) return null;
  const comment = comments.at(-1);
  if (comment !== undefined && t.endOf(comment) === start)
    return { kind: "comment", text: comment.image + word.typed, start: comment.startOffset };
  const last = tokens.at(-1);
  const isInString = last !== undefined && last.tokenType === t.UnterminatedString && t.endOf(last) === start;
  // For `1.5`, whose point follows a number.
  if (!isInString && last !== undefined && t.endOf(last) === start && last.tokenType === t.NumberLiteral)
    return null;
  const marker = isInString ? last : nameAt(file, start);
  if (!isInString) tokens.push(marker);
  const { items, strays } = splitItems(tokens);
  const found = itemWith(items, marker);
  if (found === null) {
    const variant = openVariant(items);
    const isStray = strays.some(({ token }) => token === marker);
    return isStray && !isInString ? { kind: "items", word, variant } : null;
  }
  const { item, variant } = found;
  if (item.tooDeep !== null) return null;
  const upTo = item.tokens.slice(0, item.tokens.indexOf(marker) + 1);
  return {
    ...readCursor(item.keyword, upTo, marker),
    kind: "item",
    word,
    variant,
    string: isInString ? marker : null,
  };
}

export function wordAt(file: SourceFile, offset: number): Word {
  const { text } = file;
  let start = offset;
  while (start > 0 && /\w/.test(text.charAt(start - 1))) start--;
  let end = offset;
  if (start < offset) while (/\w/.test(text.charAt(end))) end++;
  return { typed: text.slice(start, offset), span: { file, start, end } };
}

/** A placeholder for the name at the cursor. No spec has this name, and it isn't a keyword. */
function nameAt(file: SourceFile, offset: number): IToken {
  const { line, column } = positionAt(file, offset);
  return createTokenInstance(t.Identifier, "·", offset, offset, line, line, column, column);
}

interface Found {
  readonly item: ItemTokens;
  readonly variant: string | null;
}

function itemWith(items: readonly ItemTokens[], token: IToken): Found | null {
  for (const item of items.toReversed()) {
    if (item.tokens.includes(token)) return { item, variant: null };
    const inner = itemWith(item.items, token);
    if (inner !== null) return { item: inner.item, variant: item.tokens[1]?.image ?? null };
  }
  return null;
}

/** The variant with open braces. */
function openVariant(items: readonly ItemTokens[]): string | null {
  const last = items.at(-1);
  return last?.keyword === t.VariantKeyword && last.unclosed !== null ? (last.tokens[1]?.image ?? "") : null;
}

type Read = Pick<ItemCursor, "item" | "tokens" | "path" | "keywords">;

function readCursor(item: TokenType, tokens: readonly IToken[], marker: IToken): Read {
  for (const attempt of attempts(item, tokens)) {
    const path = pathTo(marker, attempt);
    const keywords = new Set<string>();
    for (const type of marker.tokenType === t.Identifier ? (candidates.get(item) ?? []) : []) {
      const { image, startOffset, endOffset = 0, startLine = 0, startColumn = 0 } = marker;
      const { endLine = 0, endColumn = 0 } = marker;
      const keyword = createTokenInstance(
        type,
        image,
        startOffset,
        endOffset,
        startLine,
        endLine,
        startColumn,
        endColumn,
      );
      if (pathTo(keyword, [...attempt.slice(0, -1), keyword]).length > 0) keywords.add(words.get(type)!);
    }
    if (path.length > 0 || keywords.size > 0) return { item, tokens, path, keywords };
  }
  return { item, tokens, path: [], keywords: new Set() };
}

/** Nodes from the item down to the one that took `last`, the last of the tokens; empty if it does not fit. */
function pathTo(last: IToken, tokens: IToken[]): readonly CstNode[] {
  const { tree, stoppedAt } = parsePrefix(tokens);
  if (stoppedAt !== null) return [];
  const path: CstNode[] = [];
  for (let node: CstNode | undefined = tree; node !== undefined; ) {
    path.push(node);
    const child: CstElement | undefined = node.children.findLast((each) => !isNode(each) || each.start >= 0);
    if (child === last) return path;
    node = child !== undefined && isNode(child) ? child : undefined;
  }
  return [];
}

/** The token lists to parse, in order of preference: fewer and fewer of the tokens before the cursor. */
function* attempts(item: TokenType, tokens: readonly IToken[]): Generator<IToken[]> {
  const brace = tokens.findIndex(({ tokenType }) => tokenType === t.LeftBrace);
  const isList = item === t.TrainKeyword || item === t.TuneKeyword;
  if (brace < 0 || isList) yield [...tokens];
  if (brace < 0) {
    const inner = innermostCall(tokens, 0);
    if (inner !== null) yield inner;
    return;
  }
  const head = tokens.slice(0, brace + 1);
  const inCode = item === t.NetKeyword || item === t.BlockKeyword;
  const line = tokens.at(-1)!.startLine;
  const lineStart = tokens.findIndex(({ startLine }, i) => i > brace && startLine === line);
  if (inCode) {
    const bodies = openBodies(tokens, brace);
    const around = bodies.slice(0, -1).flatMap(({ last }, i) => tokens.slice(last, bodies[i + 1]!.begin));
    const { last } = bodies.at(-1)!;
    yield* attemptsFrom([...head, ...around], last, 1);
    // For an unclosed function body, or broken text before it.
    if (around.length > 0) yield* attemptsFrom(head, last, 1);
  } else yield* attemptsFrom(head, lastDeclaration(tokens, brace), 0);

  function* attemptsFrom(before: readonly IToken[], begin: number, least: number): Generator<IToken[]> {
    const statement = tokens.slice(begin);
    if (!isList) yield [...before, ...statement];
    if (lineStart > begin) yield [...before, ...tokens.slice(lineStart)];
    const inner = innermostCall(statement, least);
    if (inner !== null) yield [...before, ...inner];
  }
}

export interface OpenBody {
  /** The index of the token after its brace. */
  readonly begin: number;
  /**
   * The index of the last `let`, `layer`, `predict` or `loss` outside inner braces; `begin` if there is none.
   */
  readonly last: number;
}

/** The open bodies at the end of `tokens`: that of the brace at `brace`, and those of functions within it. */
export function openBodies(tokens: readonly IToken[], brace: number): readonly OpenBody[] {
  const open = [{ begin: brace + 1, last: brace + 1 }];
  for (let i = brace + 1; i < tokens.length; i++) {
    const type = tokens[i]!.tokenType;
    if (type === t.LeftBrace) open.push({ begin: i + 1, last: i + 1 });
    else if (type === t.RightBrace && open.length > 1) open.pop();
    else if (statementStarts.has(type)) open.at(-1)!.last = i;
  }
  return open;
}

const statementStarts: ReadonlySet<TokenType> = new Set(t.statementKeywords.values());

/** The tokens of the feature or field at the cursor, from its first name on. */
export function declarationAt({ tokens }: ItemCursor): readonly IToken[] {
  return tokens.slice(
    lastDeclaration(
      tokens,
      tokens.findIndex(({ tokenType }) => tokenType === t.LeftBrace),
    ),
  );
}

/** The index of the last `names :` or `name <->` outside parentheses; in `train`, of the first setting. */
function lastDeclaration(tokens: readonly IToken[], brace: number): number {
  let last = brace + 1;
  let depth = 0;
  for (let i = brace + 1; i < tokens.length; i++) {
    const type = tokens[i]!.tokenType;
    if (isOpening(type)) depth++;
    else if (isClosing(type)) depth = Math.max(0, depth - 1);
    const next = tokens[i + 1]?.tokenType;
    const isDeclared = depth === 0 && (next === t.Colon || next === t.BindingArrow);
    if (type === t.Identifier && isDeclared && tokens[i - 1]?.tokenType !== t.BindingArrow) last = i;
  }
  return firstOfList(tokens, last);
}

/** The index of the first name of `user, c1..c26`, whose last name is at `index`. */
function firstOfList(tokens: readonly IToken[], index: number): number {
  const [before, sign] = [tokens[index - 2]?.tokenType, tokens[index - 1]?.tokenType];
  const isListed = before === t.Identifier && (sign === t.Comma || sign === t.DotDot);
  return isListed ? firstOfList(tokens, index - 2) : index;
}

/** The head of a statement, and the innermost open call with only its last argument. */
function innermostCall(statement: readonly IToken[], least: number): IToken[] | null {
  const open = openCall(statement);
  if (open === null || open.name < least) return null;
  const equals = statement.findIndex(({ tokenType }) => tokenType === t.Equals);
  const head = equals >= 0 && equals < open.name ? statement.slice(0, equals + 1) : statement.slice(0, 0);
  const argument = open.commas.at(-1) ?? open.parenthesis;
  return [...head, statement[open.name]!, statement[open.parenthesis]!, ...statement.slice(argument + 1)];
}

export interface OpenCall {
  /** Indices of the tokens: the name of the function, its parenthesis, and the commas between its arguments. */
  readonly name: number;
  readonly parenthesis: number;
  readonly commas: readonly number[];
}

/** The innermost unclosed call; null if a brace is nearer. */
export function openCall(tokens: readonly IToken[]): OpenCall | null {
  let depth = 0;
  let commas: number[] = [];
  for (let i = tokens.length - 1; i > 0; i--) {
    const type = tokens[i]!.tokenType;
    if (type === t.LeftBrace || type === t.RightBrace) return null;
    if (isClosing(type)) depth++;
    else if (isOpening(type) && depth > 0) depth--;
    else if (isOpening(type)) {
      const isCall = !isSquare(type) && type !== t.LambdaParenthesis;
      if (isCall && tokens[i - 1]!.tokenType !== t.Equals && /^\w+$/.test(tokens[i - 1]!.image))
        return { name: i - 1, parenthesis: i, commas };
      commas = [];
    } else if (type === t.Comma && depth === 0) commas.unshift(i);
  }
  return null;
}

function isOpening(type: TokenType): boolean {
  return (
    type === t.LeftParenthesis || type === t.CallParenthesis || type === t.LambdaParenthesis || isSquare(type)
  );
}

function isSquare(type: TokenType): boolean {
  return type === t.LeftBracket || type === t.IndexBracket;
}

function isClosing(type: TokenType): boolean {
  return type === t.RightParenthesis || type === t.RightBracket;
}
