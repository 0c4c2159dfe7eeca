// Lists every expression of a spec, for rules about the source text.

import { textOf } from "../../common/source-file.ts";
import type { Expression, Spec } from "../../frontend/syntax/nodes.ts";
import { expressionsIn, within } from "../../frontend/syntax/walk.ts";

export function* expressionsOf(spec: Spec): Generator<Expression> {
  for (const item of spec.items) {
    if (item.kind === "net") for (const value of item.statements.flatMap(expressionsIn)) yield* within(value);
    if (item.kind !== "block") continue;
    for (const { value } of item.body) yield* within(value);
    yield* within(item.value);
  }
}

/** The name or field that an expression reads, as written; null for a computed value. */
export function readName(expression: Expression): string | null {
  return expression.kind === "name" || expression.kind === "field"
    ? textOf(expression.span).replace(/\s/g, "")
    : null;
}
