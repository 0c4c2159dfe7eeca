// Visits every subexpression of an expression.

import { append } from "../../common/arrays.ts";
import { type BlockItem, type Expression, type Item, isLocal, type Spec, type Statement } from "./nodes.ts";

/** An expression and all its parts, in the order of the text, each before its own parts. */
export function* within(expression: Expression): Generator<Expression> {
  const waiting = [expression];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    yield next;
    append(waiting, partsOf(next).toReversed());
  }
}

/** Its direct parts. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "field":
      return [expression.object];
    case "index":
      return [expression.object, expression.index];
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
      return [...expression.locals.map(({ value }) => value), expression.body];
    case "number":
    case "string":
    case "name":
    case "error":
      return [];
  }
}

/** The expressions of a spec's text that have values: in the net and in blocks, including its variants. */
export function* computed(spec: Spec): Generator<Expression> {
  for (const item of itemsOf(spec)) for (const value of valuesOf(item)) yield* within(value);
}

/** The items of a spec's text; those of its variants come after its own. */
export function itemsOf({ items, variants }: Spec): readonly Item[] {
  return [...items, ...variants.flatMap((variant) => variant.items)];
}

/** The value of a statement, and the expressions in its parentheses. */
export function expressionsIn(statement: Statement): readonly Expression[] {
  const options = isLocal(statement) ? [] : statement.arguments.map(({ value }) => value);
  return [...options, statement.value];
}

/** The whole expressions of the net or of a block. */
export function valuesOf(item: Item): readonly Expression[] {
  if (item.kind === "net") return item.statements.flatMap(expressionsIn);
  return item.kind === "block" ? bodyOf(item) : [];
}

function bodyOf({ body, value }: BlockItem): readonly Expression[] {
  return [...body.map((each) => each.value), value];
}
