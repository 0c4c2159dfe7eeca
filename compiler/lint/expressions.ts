// Every expression of a spec, for rules that go by what is written.

import type { Expression, Spec } from "../ast/nodes.ts";
import { textOf } from "../source/source-file.ts";

export function* expressionsOf(spec: Spec): Generator<Expression> {
  for (const item of spec.items) {
    if (item.kind === "net") for (const { value } of item.statements) yield* within(value);
    if (item.kind !== "block") continue;
    for (const { value } of item.body) yield* within(value);
    yield* within(item.value);
  }
}

function* within(expression: Expression): Generator<Expression> {
  const waiting = [expression];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    yield next;
    waiting.push(...partsOf(next).toReversed());
  }
}

function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "field":
      return [expression.object];
    case "call":
      return expression.arguments.map(({ value }) => value);
    case "pipe":
      return [expression.input, ...expression.arguments.map(({ value }) => value)];
    case "binary":
      return [expression.left, expression.right];
    case "negate":
      return [expression.operand];
    case "list":
      return expression.elements;
    case "range":
      return [expression.low, expression.high];
    case "lambda":
      return [expression.body];
    case "number":
    case "string":
    case "name":
    case "error":
      return [];
  }
}

/** What a plain name or a field reads, as it is written; null for what is computed. */
export function readName(expression: Expression): string | null {
  return expression.kind === "name" || expression.kind === "field"
    ? textOf(expression.span).replace(/\s/g, "")
    : null;
}
