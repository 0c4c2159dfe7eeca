// Splits a file's tokens into items before anything is parsed, in one linear pass. So a mistake in one item
// never affects the next, and keywords need not be reserved: a feature may be called `label` or `model`.

import { createTokenInstance, type IToken, type TokenType } from "./chevrotain.mjs";
import { suggest } from "./closest-word.ts";
import * as t from "./tokens.ts";

/**
 * The most brackets and lambdas inside one another. Deeper ones are not parsed, so that no input exhausts the
 * stack.
 */
export const maxNesting = 64;

/** The tokens of one item, its keyword first. */
export interface ItemTokens {
  readonly keyword: TokenType;
  /** For a variant: its head and its braces, without their content. */
  readonly tokens: IToken[];
  /** The items in the braces of a variant; empty for other items. */
  readonly items: readonly ItemTokens[];
  /** The bracket that was never closed, or null; `tokens` then end with a "}" without text. */
  readonly unclosed: IToken | null;
  /** The bracket at which nesting became too deep to parse the item, or null. */
  readonly tooDeep: IToken | null;
  /** Whether it is a history inside the braces of another history. */
  readonly isNested: boolean;
}

/** Text between items: its first token, and the keyword that may have been meant. */
export type Stray =
  | { readonly kind: "unmatched"; readonly token: IToken }
  | { readonly kind: "no-item"; readonly token: IToken; readonly suggestion: string | null };

export interface Items {
  readonly items: readonly ItemTokens[];
  readonly strays: readonly Stray[];
}

/** One of these requires a continuation, so the next word cannot begin an item or a statement. */
const expectingMore = new Set<TokenType>([
  ...[t.LeftParenthesis, t.CallParenthesis, t.LambdaParenthesis, t.LeftBracket, t.IndexBracket],
  ...[t.Comma, t.Colon, t.Equals, t.Dot, t.DotDot, t.Pipe, t.BindingArrow, t.ResultArrow, t.LambdaArrow],
  ...[t.Plus, t.Minus, t.Times, t.Divide, ...t.comparisons, t.FromKeyword, t.EmbedKeyword, t.ShareKeyword],
]);

/** Items without braces, which may end at the end of the line. */
const withoutBraces = new Set<TokenType | null>([
  t.LabelKeyword,
  t.ModelKeyword,
  t.ImportKeyword,
  t.ParamKeyword,
]);

/** The item being read. */
interface Reading {
  /** Null while skipping text that is not an item. */
  readonly keyword: TokenType | null;
  readonly tokens: IToken[];
  tooDeep: IToken | null;
  /** The number of items before it. Misplaced items in its braces come after it. */
  readonly place: number;
}

/** A history whose braces contain another one, with its open brackets. */
interface OuterHistory {
  readonly reading: Reading;
  readonly open: IToken[];
}

/** A variant whose braces are open. */
interface OpenVariant {
  readonly tokens: IToken[];
  readonly items: ItemTokens[];
}

export function splitItems(tokens: readonly IToken[]): Items {
  return new Splitter(tokens).run();
}

class Splitter {
  readonly tokens: readonly IToken[];
  readonly items: ItemTokens[] = [];
  readonly strays: Stray[] = [];
  /** The item being read. */
  current: Reading | null = null;
  /** The variant that contains the current items. */
  variant: OpenVariant | null = null;
  /** The history that contains the current one. */
  outer: OuterHistory | null = null;
  /** A history that contained others, and whose braces are closed after them. */
  closed: Reading | null = null;
  /** Open brackets of the current item; "=>" counts as one, up to the end of the lambda's body. */
  open: IToken[] = [];
  braces = 0;

  constructor(tokens: readonly IToken[]) {
    this.tokens = tokens;
  }

  run(): Items {
    for (let i = 0; i < this.tokens.length; i++) this.take(i);
    this.finish();
    this.closeVariant(null);
    return { items: this.items, strays: this.strays };
  }

  take(i: number): void {
    const token = this.tokens[i]!;
    const keyword = this.itemKeywordAt(i);
    if (token.tokenType === t.RightBrace && this.braces === 0 && this.variant !== null) {
      this.finish();
      this.closeVariant(token);
      return;
    }
    if (keyword !== null) {
      if (keyword === t.HistoryKeyword && this.standsInHistory(i))
        this.outer = { reading: this.current!, open: this.open };
      else this.finish();
      this.open = [];
      this.braces = 0;
      // Variants cannot be nested, so a brace before it is missing.
      if (keyword === t.VariantKeyword) this.closeVariant(null);
      this.begin(keyword);
      retag(token, keyword);
    } else if (this.endsBefore(i)) {
      this.finish();
    }
    if (this.current === null && !this.startStray(i)) return;
    const current = this.current!;
    this.retagInside(i, current.keyword);
    current.tokens.push(token);
    this.trackBrackets(i);
  }

  /** The item keyword at `i`, or null if no item begins there. */
  itemKeywordAt(i: number): TokenType | null {
    const token = this.tokens[i]!;
    if (token.tokenType !== t.Identifier) return null;
    const keyword = t.itemKeywords.get(token.image);
    if (keyword === undefined) return null;
    const isHead = this.hasHead(i, keyword);
    // An unfinished `label click :` must not absorb the item on the next line.
    if (this.isExpected(i)) return isHead && this.beginsLine(i) ? keyword : null;
    return this.braces === 0 || isHead ? keyword : null;
  }

  /**
   * Tells whether the history at `i` is inside the braces of another one that are closed after it; otherwise
   * a brace is missing. Looks at most two braces deep, so that no text makes it slow.
   */
  standsInHistory(i: number): boolean {
    const isInside = this.current?.keyword === t.HistoryKeyword && this.braces === 1;
    if (!isInside || this.outer !== null || this.variant !== null) return false;
    // The first inner history decides for all.
    if (this.closed === this.current) return true;
    for (let j = i, depth = 1; j < this.tokens.length; j++) {
      const { tokenType, image } = this.tokens[j]!;
      const keyword = tokenType === t.Identifier && depth === 1 ? t.itemKeywords.get(image) : undefined;
      if (keyword !== undefined && keyword !== t.HistoryKeyword && this.hasHead(j, keyword)) return false;
      if (tokenType === t.LeftBrace && ++depth > 2) return false;
      if (tokenType === t.RightBrace && --depth === 0) {
        this.closed = this.current;
        return true;
      }
    }
    return false;
  }

  /** Tells whether the text before `i` requires a continuation. */
  isExpected(i: number): boolean {
    const previous = this.tokens[i - 1];
    if (previous === undefined || this.current === null) return false;
    return expectingMore.has(previous.tokenType) || previous.tokenType === this.current.keyword;
  }

  /**
   * Inside braces only a complete head counts, such as `label click :`, because no valid item contains one.
   */
  hasHead(i: number, keyword: TokenType): boolean {
    const first = this.tokens[i + 1]?.tokenType;
    const second = this.tokens[i + 2]?.tokenType;
    switch (keyword) {
      case t.NetKeyword:
      case t.TrainKeyword:
      case t.TuneKeyword:
        return first === t.LeftBrace;
      case t.FeaturesKeyword: {
        const isNamed = second === t.Identifier && this.tokens[i + 3]?.tokenType === t.LeftBrace;
        return first === t.Identifier && (second === t.LeftBrace || isNamed);
      }
      case t.HistoryKeyword:
        return first === t.Identifier && (second === t.LeftBrace || second === t.CallParenthesis);
      case t.BlockKeyword:
        return first === t.Identifier && second === t.CallParenthesis;
      case t.LabelKeyword:
        return first === t.Identifier && second === t.Colon;
      case t.ImportKeyword:
        return first === t.StringLiteral;
      case t.ParamKeyword:
        return first === t.Identifier && second === t.Equals;
      case t.VariantKeyword:
        return first === t.Identifier && this.tokens[i + 2]?.image === "from";
      default:
        return false;
    }
  }

  /** Items without braces end at the end of the line if the next line cannot belong to them. */
  endsBefore(i: number): boolean {
    const { current } = this;
    if (current === null || this.open.length > 0 || this.isExpected(i)) return false;
    if (!withoutBraces.has(current.keyword)) return false;
    return this.beginsLine(i) && !expectingMore.has(this.tokens[i]!.tokenType);
  }

  beginsLine(i: number): boolean {
    return this.tokens[i]!.startLine !== this.tokens[i - 1]?.startLine;
  }

  /** Begins to read text that is not an item. Returns false if the token is dropped. */
  startStray(i: number): boolean {
    const token = this.tokens[i]!;
    if (token.tokenType === t.RightBrace) {
      this.strays.push({ kind: "unmatched", token });
      return false;
    }
    const next = this.tokens[i + 1]?.tokenType;
    const follows = next === t.Identifier || next === t.LeftBrace || next === t.StringLiteral;
    const isHead = token.tokenType === t.Identifier && follows;
    const suggestion = isHead ? suggest(token.image, t.itemKeywords.keys()) : null;
    this.strays.push({ kind: "no-item", token, suggestion });
    const keyword = suggestion === null ? null : t.itemKeywords.get(suggestion)!;
    if (keyword !== null) retag(token, keyword);
    this.begin(keyword);
    return true;
  }

  begin(keyword: TokenType | null): void {
    this.current = { keyword, tokens: [], tooDeep: null, place: this.into.length };
  }

  /** The list for new items. */
  get into(): ItemTokens[] {
    return this.variant?.items ?? this.items;
  }

  /** Turns words into keywords where they are keywords within an item. */
  retagInside(i: number, item: TokenType | null): void {
    const token = this.tokens[i]!;
    if (token.tokenType !== t.Identifier) return;
    if (item === t.VariantKeyword && token.image === "from" && this.current!.tokens.length === 2)
      retag(token, t.FromKeyword);
    const next = this.tokens[i + 1]?.tokenType;
    const inCode = item === t.NetKeyword || item === t.BlockKeyword;
    const statement = inCode ? t.statementKeywords.get(token.image) : undefined;
    if (statement !== undefined) {
      const behind = this.tokens[i + 2]?.tokenType;
      const takesOptions = statement === t.LossKeyword || statement === t.PredictKeyword;
      const hasHead = behind === t.Equals || (takesOptions && behind === t.CallParenthesis);
      const whole = (next === t.Identifier && hasHead) || (statement === t.LetKeyword && this.namesAt(i + 1));
      const begun = next === undefined || next === t.Identifier || next === t.Equals;
      // `let let = 1` names it `let`.
      const before = this.tokens[i - 1]?.tokenType;
      const isName = this.isExpected(i) || [...t.statementKeywords.values()].some((word) => word === before);
      if (!whole && (isName || !begun)) return;
      retag(token, statement);
      this.dropOpenWithinBraces();
      // A function's braces contain none of these, so its "}" is missing.
      if (whole && (takesOptions || statement === t.OutputKeyword)) this.dropLambdaBraces();
    }
    const declares = item === t.FeaturesKeyword || item === t.HistoryKeyword;
    if (declares && token.image === "embed" && !this.isExpected(i)) {
      const isName = next === t.Colon || next === t.BindingArrow || next === t.Comma;
      if (!isName && this.braces > 0) retag(token, t.EmbedKeyword);
    }
    // A feature of that name would be followed by a colon.
    const clause = token.image === "share" ? t.ShareKeyword : token.image === "from" ? t.FromKeyword : null;
    if (declares && clause !== null && next === t.Identifier)
      if (this.braces > 0 && !this.isExpected(i)) retag(token, clause);
  }

  /** Tells whether `(a, b) =` begins at `i`. */
  namesAt(i: number): boolean {
    const open = this.tokens[i]?.tokenType;
    if (open !== t.LeftParenthesis && open !== t.CallParenthesis) return false;
    let end = i + 1;
    while (this.tokens[end]?.tokenType === t.Identifier || this.tokens[end]?.tokenType === t.Comma) end++;
    const isClosed = this.tokens[end]?.tokenType === t.RightParenthesis;
    return isClosed && this.tokens[end + 1]?.tokenType === t.Equals;
  }

  trackBrackets(i: number): void {
    const token = this.tokens[i]!;
    switch (token.tokenType) {
      case t.LeftBrace:
        if (this.current!.keyword === t.VariantKeyword) {
          this.variant = { tokens: this.current!.tokens, items: [] };
          this.current = null;
          this.open = [];
          break;
        }
        this.braces++;
        this.push(token);
        break;
      case t.LeftParenthesis:
        if (this.isStrayParenthesis(i)) retag(token, t.StrayParenthesis);
        this.push(token);
        break;
      case t.CallParenthesis:
      case t.LeftBracket:
      case t.IndexBracket:
      case t.LambdaArrow:
        this.push(token);
        break;
      case t.Comma:
        this.dropLambdas();
        break;
      case t.RightParenthesis:
      case t.RightBracket:
        this.close(i);
        break;
      case t.RightBrace:
        this.dropOpenWithinBraces();
        if (this.open.pop() !== undefined) this.braces--;
        if (this.braces === 0) this.finish(true);
        break;
    }
  }

  /** `dense (80)` on one line and `f(a)(b)`: meant as calls, but not calls. */
  isStrayParenthesis(i: number): boolean {
    const previous = this.tokens[i - 1];
    if (previous === undefined || this.beginsLine(i)) return false;
    const item = this.current!.keyword;
    if (item !== t.NetKeyword && (item !== t.BlockKeyword || this.braces === 0)) return false;
    const ended = previous.tokenType === t.RightParenthesis || previous.tokenType === t.RightBracket;
    return previous.tokenType === t.Identifier || ended;
  }

  push(token: IToken): void {
    this.open.push(token);
    if (this.open.length > maxNesting) this.current!.tooDeep ??= token;
  }

  close(i: number): void {
    this.dropLambdas();
    const opener = this.open.at(-1);
    if (opener === undefined || opener.tokenType === t.LeftBrace) return;
    const round = this.tokens[i]!.tokenType === t.RightParenthesis;
    const isSquare = opener.tokenType === t.LeftBracket || opener.tokenType === t.IndexBracket;
    if (round === isSquare) return;
    this.open.pop();
    const isLambda = round && this.tokens[i + 1]?.tokenType === t.LambdaArrow;
    if (isLambda && opener.tokenType === t.LeftParenthesis) retag(opener, t.LambdaParenthesis);
  }

  dropLambdas(): void {
    while (this.open.at(-1)?.tokenType === t.LambdaArrow) this.open.pop();
  }

  /** Closes the open braces of functions inside an item's braces. */
  dropLambdaBraces(): void {
    while (this.open.at(-1)?.tokenType === t.LeftBrace && this.open.at(-2)?.tokenType === t.LambdaArrow) {
      this.open.pop();
      this.braces--;
      this.dropOpenWithinBraces();
    }
  }

  dropOpenWithinBraces(): void {
    while (this.open.length > 0 && this.open.at(-1)!.tokenType !== t.LeftBrace) this.open.pop();
  }

  /** Ends the current item. If its containing history `isClosed`, that continues; otherwise it ends too. */
  finish(isClosed = false): void {
    const { current, outer } = this;
    this.dropLambdas();
    const unclosed = this.braces > 0 ? this.open.at(-1)! : null;
    this.current = null;
    this.open = [];
    this.braces = 0;
    this.outer = null;
    if (current !== null && current.keyword !== null) {
      if (unclosed !== null) current.tokens.push(missingBrace(current.tokens.at(-1)!));
      const { keyword, tokens, tooDeep, place } = current;
      const item = { keyword, tokens, items: [], unclosed, tooDeep, isNested: outer !== null };
      this.into.splice(place, 0, item);
    }
    if (outer === null) return;
    this.current = outer.reading;
    this.open = outer.open;
    this.braces = 1;
    if (!isClosed) this.finish();
  }

  /** Ends the variant, if there is one, at its "}", or at the location where that is missing. */
  closeVariant(brace: IToken | null): void {
    const { variant } = this;
    if (variant === null) return;
    this.variant = null;
    const { tokens, items } = variant;
    const opener = tokens.at(-1)!;
    const last = items.at(-1)?.tokens.at(-1) ?? opener;
    const unclosed = brace === null ? opener : null;
    this.items.push({
      keyword: t.VariantKeyword,
      tokens: [...tokens, brace ?? missingBrace(last)],
      items,
      unclosed,
      tooDeep: null,
      isNested: false,
    });
  }
}

function missingBrace(last: IToken): IToken {
  const end = t.endOf(last);
  const line = last.startLine ?? Number.NaN;
  return createTokenInstance(t.RightBrace, "", end, end, line, line, Number.NaN, Number.NaN);
}

function retag(token: IToken, type: TokenType): void {
  token.tokenType = type;
  token.tokenTypeIdx = type.tokenTypeIdx!;
}
