// Builds expressions: the precedence of operators, the positions of lambdas, and the height limit of trees.

import type { IToken } from "../../../grammar/chevrotain.mjs";
import {
  type CstElement,
  type CstNode,
  childrenOf,
  isNode,
  nodeOf,
  nodesOf,
  tokenOf,
  tokensOf,
} from "../../../grammar/cst.ts";
import * as t from "../../../grammar/tokens.ts";
import { type SourceFile, type Span, spanning, textOf } from "../../common/source-file.ts";
import * as syntax from "../../diagnostics/catalog/syntax.ts";
import { type Details, type Diagnostic, diagnose } from "../../diagnostics/diagnostic.ts";
import { numberValue, stringValue } from "./literals.ts";
import {
  type Argument,
  type BinaryOperator,
  type Expression,
  type Identifier,
  isComparison,
  type LayerStatement,
  type Let,
  type Local,
} from "./nodes.ts";

/** Later passes recurse over expressions, so no tree is higher than this. */
export const maxHeight = 500;

/** The left side of an operator whose right side is still being read. */
interface Begun {
  readonly left: Expression;
  readonly operator: BinaryOperator;
}

/** An expression as a message shows it. */
function written({ span }: Expression): string {
  const text = textOf(span).replace(/\s+/g, " ");
  return text.length > 20 ? "…" : text;
}

export class ExpressionBuilder {
  readonly file: SourceFile;
  /** True if the parser found no error, so that missing parts are missing in the text. */
  readonly isSound: boolean;
  readonly diagnostics: Diagnostic[] = [];
  /** The heights of expressions with parts. */
  private readonly heights = new Map<Expression, number>();
  private tooHigh = false;

  constructor(file: SourceFile, isSound: boolean) {
    this.file = file;
    this.isSound = isSound;
  }

  report(diagnostic: Diagnostic): void {
    this.diagnostics.push(diagnostic);
  }

  /** `parent` is the location if the expression is missing. */
  expression(node: CstNode | undefined, parent: CstNode): Expression {
    const built = this.anyExpression(node, parent);
    return this.withoutLambda(built);
  }

  sum(node: CstNode | undefined, parent: CstNode): Expression {
    if (node === undefined) return this.missing(parent);
    const only = onlyNode(node);
    if (only !== null) return this.operand(only);
    const operators = tokensOf(node, t.InfixOperator);
    const operands = nodesOf(node, "operand");
    const operand = (i: number) => {
      const child = operands[i];
      return child === undefined ? this.missing(node) : this.withoutLambda(this.operand(child));
    };
    // `compared` is the left side of a comparison, `sum` the operands joined by + and - since then, `term`
    // those joined by * and /.
    let compared: Begun | null = null;
    let sum: Begun | null = null;
    let term = operand(0);
    for (const [i, token] of operators.entries()) {
      const operator = token.image as BinaryOperator;
      const right = operand(i + 1);
      if (operator === "*" || operator === "/") {
        term = this.binary(operator, term, right);
        continue;
      }
      const left = this.ended(sum, term);
      if (isComparison(operator)) {
        if (compared !== null) return this.chained(compared, token, left, right);
        compared = { left, operator };
        sum = null;
      } else sum = { left, operator };
      term = right;
    }
    return this.ended(compared, this.ended(sum, term));
  }

  private ended(begun: Begun | null, right: Expression): Expression {
    return begun === null ? right : this.binary(begun.operator, begun.left, right);
  }

  /** `a < b < c` */
  private chained(
    { left, operator }: Begun,
    token: IToken,
    middle: Expression,
    right: Expression,
  ): Expression {
    const [first, second] = [
      `${written(left)} ${operator} ${written(middle)}`,
      `${written(middle)} ${token.image} ${written(right)}`,
    ];
    const span = spanning(left.span, right.span);
    this.report(diagnose(syntax.chainedComparison, { first, second }, this.spanOfToken(token)));
    return { kind: "error", span };
  }

  /** The arguments of a call, or of a kind, transform or history. */
  arguments(parent: CstNode): Argument[] {
    const given = nodeOf(parent, "call") ?? nodeOf(parent, "options");
    const list = given === undefined ? undefined : nodeOf(given, "arguments");
    if (list === undefined) return [];
    return nodesOf(list, "argument").map((node) => ({
      name: this.name(node),
      value: this.anyExpression(nodeOf(node, "expression"), node),
    }));
  }

  name(node: CstNode, index = 0): Identifier | null {
    const token = tokenOf(node, t.Identifier, index);
    return token === null ? null : this.identifier(token);
  }

  spanOf(node: CstNode): Span {
    const { start, end } = node;
    return { file: this.file, start: Math.max(start, 0), end: Math.max(end, 0) };
  }

  /** The empty place after a node. */
  endSpan(node: CstNode): Span {
    const { end } = this.spanOf(node);
    return { file: this.file, start: end, end };
  }

  private anyExpression(node: CstNode | undefined, parent: CstNode): Expression {
    if (node === undefined) return this.missing(parent);
    const only = onlyNode(node);
    if (only !== null) return this.sum(only, node);
    const [low, high] = nodesOf(node, "sum");
    let built = this.sum(low, node);
    if (high !== undefined) {
      built = this.withoutLambda(built);
      const end = this.withoutLambda(this.sum(high, node));
      built = this.grown({ kind: "range", low: built, high: end, span: spanning(built.span, end.span) }, [
        built,
        end,
      ]);
    }
    for (const stage of nodesOf(node, "stage")) {
      const callee = this.name(stage);
      if (callee === null) continue;
      const input = this.withoutLambda(built);
      const given = this.arguments(stage);
      const span = spanning(input.span, this.spanOf(stage));
      const children = [input, ...given.map((argument) => argument.value)];
      built = this.grown({ kind: "pipe", input, callee, arguments: given, span }, children);
    }
    return built;
  }

  /** Reads signs, their operand, and its fields. */
  private operand(node: CstNode): Expression {
    const signs: IToken[] = [];
    for (const child of node.children) {
      if (isNode(child) || child.tokenType !== t.Minus) break;
      signs.push(child);
    }
    let built = this.primary(node, node.children[signs.length]);
    for (const suffix of this.suffixes(node)) {
      const object = this.withoutLambda(built);
      if (isNode(suffix)) {
        const index = this.expression(nodeOf(suffix, "expression"), suffix);
        const span = spanning(object.span, this.spanOf(suffix));
        built = this.grown({ kind: "index", object, index, span }, [object, index]);
        continue;
      }
      const field = this.identifier(suffix);
      built = this.grown({ kind: "field", object, field, span: spanning(object.span, field.span) }, [object]);
    }
    for (const minus of signs.reverse()) {
      const operand = this.withoutLambda(built);
      const span = spanning(this.spanOfToken(minus), operand.span);
      built = this.grown({ kind: "negate", operand, span }, [operand]);
    }
    return built;
  }

  /** `first` determines the kind. */
  private primary(node: CstNode, first: CstElement | undefined): Expression {
    if (first === undefined) return this.missing(node);
    if (isNode(first)) {
      if (first.name === "list") return this.list(first);
      return first.name === "lambda" ? this.lambda(first) : this.missing(node);
    }
    switch (first.tokenType) {
      case t.Identifier:
        return this.nameOrCall(node, first);
      case t.NumberLiteral: {
        const span = this.spanOfToken(first);
        const value = numberValue(first.image);
        return Number.isNaN(value) ? { kind: "error", span } : { kind: "number", value, span };
      }
      case t.StringLiteral:
      case t.UnterminatedString:
        return { kind: "string", value: stringValue(first.image), span: this.spanOfToken(first) };
      default: {
        const inner = nodeOf(node, "expression");
        return inner === undefined ? this.missing(node) : this.expression(inner, node);
      }
    }
  }

  private list(node: CstNode): Expression {
    const elements = nodesOf(node, "expression").map((child) => this.expression(child, node));
    return this.grown({ kind: "list", elements, span: this.spanOf(node) }, elements);
  }

  private lambda(node: CstNode): Expression {
    const parameters = tokensOf(node, t.Identifier).map((token) => this.identifier(token));
    const braces = nodeOf(node, "body");
    if (braces !== undefined && this.isSound) this.checkValues(braces, null);
    const { locals, body } =
      braces === undefined
        ? { locals: [], body: this.expression(nodeOf(node, "expression"), node) }
        : {
            locals: this.locals(braces),
            body: this.expression(nodesOf(braces, "expression").at(-1), braces),
          };
    const span = this.spanOf(node);
    return this.grown({ kind: "lambda", parameters, locals, body, span }, [
      ...locals.map(({ value }) => value),
      body,
    ]);
  }

  /** The statements of a body before its value. */
  locals(node: CstNode): Local[] {
    return childrenOf(node, ["let", "layer"]).flatMap((child): Local[] => {
      const local = child.name === "let" ? this.let(child) : this.layer(child);
      return local === null ? [] : [local];
    });
  }

  /** A body has one unnamed expression, at its end. `block` is the block's name, or null. */
  checkValues(node: CstNode, block: string | null): void {
    const values = nodesOf(node, "expression");
    const lastLocal = childrenOf(node, ["let", "layer"]).at(-1);
    const named = lastLocal === undefined ? -1 : this.spanOf(lastLocal).start;
    const last = values.at(-1);
    const hasValue = last !== undefined && this.spanOf(last).start > named;
    for (const [i, value] of (hasValue ? values.slice(0, -1) : values).entries()) {
      const span = this.spanOf(value);
      const next = values[i + 1];
      const end = next === undefined ? span.end : this.spanOf(next).start;
      // `return x` reads as two expressions, of which the first is a name.
      const isReturn = textOf(span) === "return" && !/[\r\n]/.test(this.file.text.slice(span.end, end));
      const details: Details = isReturn
        ? {
            help: syntax.unusedValue.helps.withoutReturn(),
            fixes: [{ title: "remove `return`", edits: [{ span: { ...span, end }, text: "" }] }],
          }
        : {};
      this.report(diagnose(syntax.unusedValue, { block }, span, details));
    }
    const closing = tokenOf(node, t.RightBrace);
    if (values.length === 0 && closing !== null)
      this.report(
        diagnose(syntax.blockWithoutValue, { block }, this.spanOfToken(closing), this.negated(node)),
      );
  }

  /** Advice if the last line begins with `-`: it continues the line before it. */
  private negated(node: CstNode): Details {
    const last = childrenOf(node, ["let", "layer"]).at(-1);
    if (last === undefined) return {};
    const { start, end } = this.spanOf(last);
    const text = this.file.text.slice(start, end);
    const [, line] = /[\r\n][ \t]*(-[^\r\n]*)$/.exec(text) ?? [];
    if (line === undefined) return {};
    const span = { file: this.file, start: end - line.length, end };
    const value = `(${line})`;
    return {
      help: syntax.blockWithoutValue.helps.negated(value),
      fixes: [{ title: `write \`${value}\``, isGuess: true, edits: [{ span, text: value }] }],
    };
  }

  let(node: CstNode): Let | null {
    const tuple = nodeOf(node, "names");
    const names = tokensOf(tuple ?? node, t.Identifier).map((token) => this.identifier(token));
    if (names.length === 0) return null;
    const value = this.expression(nodeOf(node, "expression"), node);
    return { kind: "let", names, value, span: this.spanOf(node) };
  }

  layer(node: CstNode): LayerStatement | null {
    const name = this.name(node);
    if (name === null) return null;
    const value = this.anyExpression(nodeOf(node, "expression"), node);
    return { kind: "layer", name, value, span: this.spanOf(node) };
  }

  private nameOrCall(node: CstNode, name: IToken): Expression {
    const call = nodeOf(node, "call");
    if (call === undefined) return { kind: "name", name: name.image, span: this.spanOfToken(name) };
    const callee = this.identifier(name);
    const given = this.arguments(node);
    const span = spanning(callee.span, this.spanOf(call));
    return this.grown(
      { kind: "call", callee, arguments: given, span },
      given.map((argument) => argument.value),
    );
  }

  /** The names after dots, and indices. */
  private suffixes({ children }: CstNode): CstElement[] {
    return children.filter((child, i) => {
      if (isNode(child)) return child.name === "index";
      const before = children[i - 1];
      const isField = before !== undefined && !isNode(before) && before.tokenType === t.Dot;
      return isField && child.tokenType === t.Identifier && child.isInsertedInRecovery !== true;
    });
  }

  private binary(operator: BinaryOperator, left: Expression, right: Expression): Expression {
    return this.grown({ kind: "binary", operator, left, right, span: spanning(left.span, right.span) }, [
      left,
      right,
    ]);
  }

  private withoutLambda(built: Expression): Expression {
    if (built.kind !== "lambda") return built;
    this.report(diagnose(syntax.misplacedLambda, {}, built.span));
    return { kind: "error", span: built.span };
  }

  /** Notes the height of `built`, and replaces it if it is too high. */
  private grown(built: Expression, children: readonly Expression[]): Expression {
    let height = 1;
    for (const child of children) height = Math.max(height, 1 + (this.heights.get(child) ?? 1));
    if (height <= maxHeight) {
      this.heights.set(built, height);
      return built;
    }
    if (!this.tooHigh) {
      this.report(diagnose(syntax.nestedTooDeep, { limit: maxHeight }, built.span));
    }
    this.tooHigh = true;
    return { kind: "error", span: built.span };
  }

  private missing(node: CstNode): Expression {
    return { kind: "error", span: this.endSpan(node) };
  }

  private identifier(token: IToken): Identifier {
    return { name: token.image, span: this.spanOfToken(token) };
  }

  private spanOfToken(token: IToken): Span {
    return { file: this.file, start: token.startOffset, end: t.endOf(token) };
  }
}

/** The only child of a node, if the node is just an intermediate step. */
function onlyNode({ children }: CstNode): CstNode | null {
  const only = children.length === 1 ? children[0]! : null;
  return only !== null && isNode(only) ? only : null;
}
