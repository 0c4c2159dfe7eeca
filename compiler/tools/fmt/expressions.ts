// Lays out tokens with their comments, and expressions, types, calls and kinds: everything inside a
// statement.

import type { IToken, TokenType } from "../../../grammar/chevrotain.mjs";
import { type CstElement, type CstNode, isNode } from "../../../grammar/cst.ts";
import * as t from "../../../grammar/tokens.ts";
import { InternalError } from "../../common/internal-error.ts";
import {
  blankLine,
  comma,
  commaIfBroken,
  type Doc,
  flatWidth,
  group,
  hardLine,
  indent,
  line,
  softLine,
} from "./doc.ts";
import type { Element, OwnComment, Trivia } from "./trivia.ts";

/** The children of a node, without rules that consumed no token. */
export function ordered(node: CstNode): readonly CstElement[] {
  return node.children.every(tookAnything) ? node.children : node.children.filter(tookAnything);
}

function tookAnything(child: CstElement): boolean {
  return !isNode(child) || child.children.length > 0;
}

export function firstToken(child: CstElement): IToken {
  let first = child;
  while (isNode(first)) first = first.children.find(tookAnything)!;
  return first;
}

/**
 * Comments on their own lines. `blanks` keeps an empty line between and around them, but not above the first.
 */
export function ownComments(comments: readonly OwnComment[], blanks: boolean, blankFirst = false): Doc[] {
  return comments.flatMap(({ text, blankBefore }, i) => [
    blanks && blankBefore && (i > 0 || blankFirst) ? blankLine : hardLine,
    { kind: "comment", text, own: true } as const,
  ]);
}

const comparisons: ReadonlySet<TokenType> = new Set(t.comparisons);

/** The maximum width of the line before the opening brace of a function. */
const maxBeforeBraces = 60;

/** The tokens of an argument up to the braces of its function. */
function* headOf(node: CstNode): Generator<IToken> {
  for (const child of node.children)
    if (!isNode(child)) yield child;
    else if (child.name === "body") return;
    else yield* headOf(child);
}

/** Tells whether an argument ends with a function in braces. */
function endsInBraces(argument: CstNode): boolean {
  let node = argument;
  for (;;) {
    const last = node.children.at(-1);
    if (last === undefined || !isNode(last)) return false;
    if (last.name === "body") return node.name === "lambda";
    if (node.name !== "argument" && node.name !== "lambda" && node.children.length > 1) return false;
    node = last;
  }
}

interface Entry {
  readonly doc: Doc;
  readonly comma: IToken | null;
}

export class ExpressionLayout {
  readonly trivia: Trivia;
  /** Tokens whose leading comments are printed by the construct they begin. */
  readonly led = new Set<IToken>();
  /** Inside the brackets of a type, where products have no spaces. */
  inType = false;

  constructor(trivia: Trivia) {
    this.trivia = trivia;
  }

  element(token: IToken): Element {
    return this.trivia.byToken.get(token)!;
  }

  /** Prints a token and its comments; every token passes through here. */
  token(token: IToken): Doc {
    const { leading, trailing } = this.element(token);
    const image = token.image === "↔" ? "<->" : token.image;
    const isLed = leading.length === 0 || this.led.has(token);
    if (isLed && trailing === null) return image;
    return [
      isLed ? "" : [...ownComments(leading, false), hardLine],
      this.commaOr(token, image),
      this.trailing(token),
    ];
  }

  commaOr(token: IToken, image: string): Doc {
    return token.image === "," && this.element(token).leading.length === 0 ? comma : image;
  }

  trailing(token: IToken): Doc {
    const { trailing } = this.element(token);
    return trailing === null ? "" : { kind: "comment", text: trailing, own: false };
  }

  comma(token: IToken): Doc {
    const isPlain = this.element(token).leading.length === 0;
    return isPlain ? [comma, this.trailing(token)] : this.token(token);
  }

  hasComments(token: IToken): boolean {
    const { leading, trailing } = this.element(token);
    return leading.length > 0 || trailing !== null;
  }

  /** Lays out a child by the rule that produced it. */
  layout(child: CstElement): Doc {
    if (!isNode(child)) return this.token(child);
    const children = ordered(child);
    switch (child.name) {
      case "kind":
      case "labelKind":
      case "transform":
      case "stage":
        return children.map((part) => this.layout(part));
      case "call":
      case "options":
        return this.call(children);
      case "embed":
      case "source":
      case "share": {
        const [keyword, rest] = children as [CstElement, CstElement];
        const touches = isNode(rest) && rest.name === "options";
        return [this.layout(keyword), touches ? "" : " ", this.layout(rest)];
      }
      case "expression":
        return this.pipes(children);
      case "sum":
        return this.sum(children);
      case "operand":
        return this.operand(children);
      case "list":
        return this.brackets(children, true);
      case "index":
      case "names":
        return this.brackets(children, false);
      case "lambda":
        return this.lambda(children);
      case "argument":
        return this.argument(children);
      case "parameter":
        return this.parameter(children);
      case "type":
        return this.type(children);
      default:
        throw new InternalError(`no layout for the rule ${child.name}`);
    }
  }

  /** `head |> a |> b`: all on one line, or each stage on its own. Used for a feature's transforms too. */
  pipes(children: readonly CstElement[]): Doc {
    const parts = children.map((child) => this.layout(child));
    const first = children.findIndex((child) => !isNode(child) && child.image === "|>");
    if (first < 0) return parts;
    const stages: Doc[] = [];
    for (let i = first; i < parts.length; i += 2) stages.push(line, parts[i]!, " ", parts[i + 1]!);
    return group(parts.slice(0, first), indent(stages));
  }

  sum(children: readonly CstElement[]): Doc {
    const compared = children.findIndex((child) => !isNode(child) && comparisons.has(child.tokenType));
    if (compared < 0) return this.terms(children);
    const right = this.sum(children.slice(compared + 1));
    return group(
      this.terms(children.slice(0, compared)),
      indent([line, this.layout(children[compared]!), " ", right]),
    );
  }

  /** Operands joined by + and -. */
  private terms(children: readonly CstElement[]): Doc {
    if (children.length === 1) return this.layout(children[0]!);
    const terms: Doc[] = [];
    let product: Doc[] = [];
    for (const child of children) {
      const part = this.layout(child);
      if (isNode(child)) product.push(part);
      else if (child.image === "+" || child.image === "-") {
        terms.push(this.product(product), [part, " "]);
        product = [];
      } else if (this.inType) product.push(part);
      else product.push([line, part, " "]);
    }
    const last = this.product(product);
    if (terms.length === 0) return last;
    terms.push(last);
    return group(terms[0]!, indent(terms.slice(1).map((part, i) => (i % 2 === 0 ? [line, part] : part))));
  }

  product(parts: readonly Doc[]): Doc {
    return parts.length === 1 ? parts[0]! : group(parts[0]!, indent(parts.slice(1)));
  }

  operand(children: readonly CstElement[]): Doc {
    const parts: Doc[] = [];
    for (let i = 0; i < children.length; i++) {
      const child = children[i]!;
      if (!isNode(child) && child.image === "(") {
        const entry = { doc: this.layout(children[i + 1]!), comma: null };
        parts.push(this.delimited(child, [entry], children[i + 2] as IToken, false));
        i += 2;
      } else parts.push(this.layout(child));
    }
    return parts;
  }

  /** `name: value`, or a value. */
  argument(children: readonly CstElement[]): Doc {
    const [name, colon, value] = children;
    if (colon === undefined) return this.layout(name!);
    return [this.layout(name!), this.after(colon as IToken, this.layout(value!), value!)];
  }

  /** `name: type = default` */
  parameter(children: readonly CstElement[]): Doc {
    const parts = [this.layout(children[0]!)];
    for (let i = 1; i < children.length; i += 2) {
      const sign = children[i] as IToken;
      const value = children[i + 1]!;
      parts.push(sign.image === "=" ? " " : "", this.after(sign, this.layout(value), value));
    }
    return parts;
  }

  type(children: readonly CstElement[]): Doc {
    const [name, ...brackets] = children;
    const outer = this.inType;
    this.inType = true;
    const parts = brackets.length === 0 ? "" : this.brackets(brackets, false);
    this.inType = outer;
    return [this.layout(name!), parts];
  }

  /** A sign and its right side, which is indented only if a comment moves it to another line. */
  after(sign: IToken, doc: Doc, child: CstElement): Doc {
    const isMoved =
      this.element(sign).trailing !== null || this.element(firstToken(child)).leading.length > 0;
    return [indent(this.token(sign)), isMoved ? indent(" ", doc) : [" ", doc]];
  }

  lambda(children: readonly CstElement[]): Doc {
    const parameters = children.slice(0, -2);
    const [arrow, body] = children.slice(-2);
    const head = parameters.length === 1 ? this.layout(parameters[0]!) : this.brackets(parameters, false);
    return [head, indent(" "), this.after(arrow as IToken, this.layout(body!), body!)];
  }

  call(children: readonly CstElement[]): Doc {
    const [open, ...rest] = children as [IToken, ...CstElement[]];
    const close = rest.pop() as IToken;
    const [list] = rest;
    const inside = list === undefined ? [] : ordered(list as CstNode);
    const entries = this.entries(inside);
    const last = inside.findLast(isNode);
    return last !== undefined && endsInBraces(last)
      ? this.aroundBraces(open, entries, close, inside.filter(isNode))
      : this.delimited(open, entries, close, true);
  }

  /**
   * A call whose last argument is a function in braces: its lines are printed inside the parentheses if
   * everything before them fits on one line.
   */
  private aroundBraces(
    open: IToken,
    entries: readonly Entry[],
    close: IToken,
    arguments_: readonly CstNode[],
  ): Doc {
    const before = entries.slice(0, -1);
    const last = entries.at(-1)!;
    const width = before.reduce((sum, { doc }) => sum + flatWidth(doc) + 2, 0);
    const commas = entries.flatMap(({ comma }) => comma ?? []);
    const tokens = [open, ...commas, ...arguments_.flatMap((each) => [...headOf(each)]), close];
    const commented = tokens.some((token) => this.hasComments(token));
    const isLine = flatWidth(last.doc) !== Number.POSITIVE_INFINITY;
    if (isLine || width > maxBeforeBraces || commented) return this.delimited(open, entries, close, true);
    const parts = before.map((entry) => [entry.doc, this.comma(entry.comma!), " "]);
    return [this.token(open), ...parts, last.doc, this.token(close)];
  }

  /** An opening bracket, parts separated by commas, and a closing bracket. */
  brackets(children: readonly CstElement[], mayEndWithComma: boolean): Doc {
    const inside = this.entries(children.slice(1, -1));
    return this.delimited(children[0] as IToken, inside, children.at(-1) as IToken, mayEndWithComma);
  }

  entries(children: readonly CstElement[]): Entry[] {
    const entries: Entry[] = [];
    for (let i = 0; i < children.length; i += 2)
      entries.push({
        doc: this.layout(children[i]!),
        comma: (children[i + 1] as IToken | undefined) ?? null,
      });
    return entries;
  }

  /**
   * All parts on one line, or each on its own, with a comma after the last one where the grammar allows it.
   */
  delimited(open: IToken, entries: readonly Entry[], close: IToken, mayEndWithComma: boolean): Doc {
    const parts: Doc[] = [softLine];
    entries.forEach((entry, i) => {
      parts.push(entry.doc);
      const isLast = i === entries.length - 1;
      if (entry.comma !== null && (!isLast || this.hasComments(entry.comma)))
        parts.push(this.comma(entry.comma));
      else if (isLast && mayEndWithComma) parts.push(commaIfBroken);
      if (!isLast) parts.push(line);
    });
    if (entries.length === 0) parts.length = 0;
    return group(this.token(open), indent(parts, this.commentsInside(close)), softLine, this.token(close));
  }

  /** The comments above a closing bracket, which belong inside. */
  commentsInside(close: IToken, blanks = false, blankFirst = false): Doc {
    const { leading } = this.element(close);
    this.led.add(close);
    return leading.length === 0 ? "" : [...ownComments(leading, blanks, blankFirst), hardLine];
  }
}
