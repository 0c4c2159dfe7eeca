// Expressions: how operators bind, where lambdas may stand, and how high a tree may grow.

import type { CstNode, IToken } from "../../grammar/chevrotain.mjs";
import { endOf } from "../../grammar/tokens.ts";
import * as syntax from "../diagnostics/catalog/syntax.ts";
import { type Diagnostic, diagnose } from "../diagnostics/diagnostic.ts";
import { type SourceFile, type Span, spanning } from "../source/source-file.ts";
import { nodesOf, tokenOf, tokensOf } from "./cst.ts";
import { numberValue, stringValue } from "./literals.ts";
import type { Argument, BinaryOperator, Expression, Identifier } from "./nodes.ts";

/** Later passes recurse over expressions: no tree is higher than this. */
export const maxHeight = 500;

export class ExpressionBuilder {
  readonly file: SourceFile;
  readonly diagnostics: Diagnostic[] = [];
  private readonly heights = new WeakMap<Expression, number>();
  private tooHigh = false;

  constructor(file: SourceFile) {
    this.file = file;
  }

  report(diagnostic: Diagnostic): void {
    this.diagnostics.push(diagnostic);
  }

  /** `parent` says where the expression is missing if it is. */
  expression(node: CstNode | undefined, parent: CstNode): Expression {
    const built = this.anyExpression(node, parent);
    return this.withoutLambda(built);
  }

  sum(node: CstNode | undefined, parent: CstNode): Expression {
    if (node === undefined) return this.missing(parent);
    const operators = tokensOf(node, "ArithmeticOperator");
    const operands = nodesOf(node, "operand").map((child) => this.operand(child));
    if (operators.length === 0) return operands[0] ?? this.missing(node);
    const operand = (i: number) => this.withoutLambda(operands[i] ?? this.missing(node));
    // `sum` holds what + and - have joined so far, `term` what * and / have.
    let sum: { left: Expression; operator: BinaryOperator } | null = null;
    let term = operand(0);
    for (const [i, token] of operators.entries()) {
      const operator = token.image as BinaryOperator;
      const right = operand(i + 1);
      if (operator === "*" || operator === "/") {
        term = this.binary(operator, term, right);
      } else {
        const left: Expression = sum === null ? term : this.binary(sum.operator, sum.left, term);
        sum = { left, operator };
        term = right;
      }
    }
    return sum === null ? term : this.binary(sum.operator, sum.left, term);
  }

  /** Of a call, or of a kind, transform or history. */
  arguments(parent: CstNode): Argument[] {
    return ["call", "options"]
      .flatMap((rule) => nodesOf(parent, rule))
      .flatMap((node) => nodesOf(node, "arguments"))
      .flatMap((node) => nodesOf(node, "argument"))
      .map((node) => ({
        name: this.name(node),
        value: this.anyExpression(nodesOf(node, "expression")[0], node),
      }));
  }

  name(node: CstNode, index = 0): Identifier | null {
    const token = tokenOf(node, "Identifier", index);
    return token === null ? null : this.identifier(token);
  }

  spanOf(node: CstNode): Span {
    const start = node.location?.startOffset ?? Number.NaN;
    const last = node.location?.endOffset ?? Number.NaN;
    if (Number.isNaN(start) || Number.isNaN(last)) return { file: this.file, start: 0, end: 0 };
    return { file: this.file, start, end: Math.min(last + 1, this.file.text.length) };
  }

  /** The empty place behind a node. */
  endSpan(node: CstNode): Span {
    const { end } = this.spanOf(node);
    return { file: this.file, start: end, end };
  }

  private anyExpression(node: CstNode | undefined, parent: CstNode): Expression {
    if (node === undefined) return this.missing(parent);
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

  private operand(node: CstNode): Expression {
    let built = this.primary(node);
    for (const token of this.fieldTokens(node)) {
      const object = this.withoutLambda(built);
      const field = this.identifier(token);
      built = this.grown({ kind: "field", object, field, span: spanning(object.span, field.span) }, [object]);
    }
    for (const minus of tokensOf(node, "Minus").reverse()) {
      const operand = this.withoutLambda(built);
      const span = spanning(this.spanOfToken(minus), operand.span);
      built = this.grown({ kind: "negate", operand, span }, [operand]);
    }
    return built;
  }

  private primary(node: CstNode): Expression {
    const number = tokenOf(node, "NumberLiteral");
    if (number !== null) {
      const span = this.spanOfToken(number);
      const value = numberValue(number.image);
      return Number.isNaN(value) ? { kind: "error", span } : { kind: "number", value, span };
    }
    const string = tokenOf(node, "StringLiteral");
    if (string !== null)
      return { kind: "string", value: stringValue(string.image), span: this.spanOfToken(string) };
    const list = nodesOf(node, "list")[0];
    if (list !== undefined) {
      const elements = nodesOf(list, "expression").map((child) => this.expression(child, list));
      return this.grown({ kind: "list", elements, span: this.spanOf(list) }, elements);
    }
    const lambda = nodesOf(node, "lambda")[0];
    if (lambda !== undefined) {
      const parameters = tokensOf(lambda, "Identifier").map((token) => this.identifier(token));
      const body = this.expression(nodesOf(lambda, "expression")[0], lambda);
      return this.grown({ kind: "lambda", parameters, body, span: this.spanOf(lambda) }, [body]);
    }
    const inner = nodesOf(node, "expression")[0];
    if (inner !== undefined) return this.expression(inner, node);
    const callee = this.calleeOf(node);
    if (callee === null) return this.missing(node);
    const call = nodesOf(node, "call")[0];
    if (call === undefined) return { kind: "name", name: callee.name, span: callee.span };
    const given = this.arguments(node);
    const span = spanning(callee.span, this.spanOf(call));
    return this.grown(
      { kind: "call", callee, arguments: given, span },
      given.map((argument) => argument.value),
    );
  }

  /** The tree keeps names of a node in one list: the callee stands before every ".", fields behind one. */
  private calleeOf(node: CstNode): Identifier | null {
    const token = tokenOf(node, "Identifier");
    const dot = tokenOf(node, "Dot");
    if (token === null || (dot !== null && token.startOffset > dot.startOffset)) return null;
    return this.identifier(token);
  }

  private fieldTokens(node: CstNode): IToken[] {
    const dot = tokenOf(node, "Dot");
    if (dot === null) return [];
    return tokensOf(node, "Identifier").filter((token) => token.startOffset > dot.startOffset);
  }

  private binary(operator: BinaryOperator, left: Expression, right: Expression): Expression {
    return this.grown({ kind: "binary", operator, left, right, span: spanning(left.span, right.span) }, [
      left,
      right,
    ]);
  }

  private withoutLambda(built: Expression): Expression {
    if (built.kind !== "lambda") return built;
    const help = "give it to a function as an argument, or write it as a block with a name";
    this.report(diagnose(syntax.misplacedLambda, {}, built.span, { help }));
    return { kind: "error", span: built.span };
  }

  /** Notes the height of `built`; replaces what grew too high. */
  private grown(built: Expression, children: readonly Expression[]): Expression {
    let height = 1;
    for (const child of children) height = Math.max(height, 1 + (this.heights.get(child) ?? 1));
    if (height <= maxHeight) {
      this.heights.set(built, height);
      return built;
    }
    if (!this.tooHigh) {
      const help = "name the parts with `let`";
      this.report(diagnose(syntax.nestedTooDeep, { limit: maxHeight }, built.span, { help }));
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
    return { file: this.file, start: token.startOffset, end: endOf(token) };
  }
}
