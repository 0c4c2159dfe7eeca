// Reads the constants of declarations and settings: numbers, strings and ranges that need no environment.

import { type Span, spanning, textOf } from "../../common/source-file.ts";
import { shared } from "../../diagnostics/catalog/helps.ts";
import type { Fix, Help } from "../../diagnostics/diagnostic.ts";
import type { Argument, BinaryOperator, Comparison, Expression } from "./nodes.ts";

/** The value of an expression of number literals, or null. */
export function readNumber(expression: Expression): number | null {
  switch (expression.kind) {
    case "number":
      return expression.value;
    case "negate": {
      const operand = readNumber(expression.operand);
      return operand === null ? null : -operand;
    }
    case "binary":
      return arithmetic(expression.operator, readNumber(expression.left), readNumber(expression.right));
    default:
      return null;
  }
}

function arithmetic(operator: BinaryOperator, left: number | null, right: number | null): number | null {
  if (left === null || right === null) return null;
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return right === 0 ? null : left / right;
    default:
      return holds(operator, left, right) ? 1 : 0;
  }
}

export function holds(comparison: Comparison, left: number, right: number): boolean {
  switch (comparison) {
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
    case "==":
      return left === right;
    case "!=":
      return left !== right;
  }
}

/** A whole number from `least` up to `most`, or null. */
export function readWhole(
  expression: Expression,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number | null {
  const value = readNumber(expression);
  return value !== null && Number.isInteger(value) && value >= least && value <= most ? value : null;
}

/** An edit that removes a piece of syntax and the blanks before it. */
export function removal(span: Span): { readonly span: Span; readonly text: string } {
  let { start } = span;
  while (start > 0 && /[ \t]/.test(span.file.text.charAt(start - 1))) start--;
  return { span: { ...span, start }, text: "" };
}

/**
 * A fix that removes an element of a list with the comma before it; none if there is a comment between the
 * two.
 */
export function withoutElement(span: Span): readonly Fix[] {
  const { text } = span.file;
  let { start } = span;
  while (start > 0 && /\s/.test(text.charAt(start - 1))) start--;
  if (text.charAt(start - 1) !== ",") return [];
  return [{ title: "remove it", isGuess: true, edits: [{ span: { ...span, start: start - 1 }, text: "" }] }];
}

/** An expression as written, shortened for a message. */
export function quoteExpression(expression: { readonly span: Span }): string {
  const text = textOf(expression.span).replace(/\s+/g, " ").trim();
  return text === "" ? "nothing" : `\`${text.length > 40 ? `${text.slice(0, 39)}…` : text}\``;
}

export function spanOfArgument(argument: Argument): Span {
  return argument.name === null ? argument.value.span : spanning(argument.name.span, argument.value.span);
}

export function isBroken(expression: Expression): boolean {
  return expression.kind === "error";
}

/** Help if `number`, an extra element, seems to follow a decimal comma: `0,5`. Null otherwise. */
export function decimalPoint(number: Span): Help | null {
  const { text } = number.file;
  const before = /\d[\d_]*,$/.exec(text.slice(Math.max(0, number.start - 20), number.start))?.[0];
  const part = textOf(number);
  return before === undefined || !/^\d/.test(part)
    ? null
    : shared.decimalPoint(`${before.slice(0, -1)}.${part}`);
}
