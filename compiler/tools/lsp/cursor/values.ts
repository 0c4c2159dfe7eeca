// The checker's types of the expressions of a file, by location. Params and variants replace parts of a tree,
// but locations stay the same.

import { lower } from "../../../frontend/check/lower.ts";
import type { Expression } from "../../../frontend/syntax/nodes.ts";
import type { Value } from "../../../frontend/values/values.ts";
import { sizeOf } from "../../../middle/graph/types.ts";
import { touches } from "../ranges.ts";
import type { Snapshot } from "../snapshot.ts";

export interface KnownValue {
  readonly expression: Expression;
  readonly value: Value;
}

/** The variant whose text is at `offset`; null for the model. */
export function variantAt(snapshot: Snapshot, path: string, offset: number): string | null {
  const variants = snapshot.parsed(path)?.value.variants ?? [];
  return variants.find(({ span }) => touches(span, offset))?.name.name ?? null;
}

/** The innermost expression at `offset` that has a value. */
export function valueAt(
  snapshot: Snapshot,
  path: string,
  variant: string | null,
  offset: number,
): KnownValue | null {
  let innermost: KnownValue | null = null;
  for (const [expression, value] of snapshot.analysis(path, variant)?.values ?? []) {
    const { span } = expression;
    if (span.file.path !== path || !touches(span, offset)) continue;
    const best = innermost?.expression.span;
    if (best === undefined || span.end - span.start < best.end - best.start)
      innermost = { expression, value };
  }
  return innermost;
}

/**
 * The number of learned numbers of each expression with its parts, by location; empty if the spec has errors.
 */
export function learnedNumbers(
  snapshot: Snapshot,
  path: string,
  variant: string | null,
): ReadonlyMap<string, number> {
  return snapshot.keeping(`learned ${variant ?? ""} ${path}`, () => {
    const model = snapshot.analysis(path, variant)?.value ?? null;
    if (model === null) return new Map();
    const made = new Map<Expression, readonly string[]>();
    // Nothing depends on the omitted nodes.
    const { parameters } = lower(model, made);
    const size = (name: string) => {
      const parameter = parameters.get(name);
      return parameter?.role === "weight" ? sizeOf(parameter.dims) : 0;
    };
    return new Map(
      [...made].map(([{ span }, names]) => [spanKey(span), names.reduce((sum, name) => sum + size(name), 0)]),
    );
  });
}

export function spanKey({ file, start, end }: Expression["span"]): string {
  return `${file.path}:${start}:${end}`;
}

/** The number of learned numbers of a call itself, without those of its arguments. */
export function learnedByCall(call: Expression, learned: ReadonlyMap<string, number>): number | null {
  if (call.kind !== "call" && call.kind !== "pipe") return null;
  const of = (expression: Expression) => learned.get(spanKey(expression.span)) ?? 0;
  const parts = [...(call.kind === "pipe" ? [call.input] : []), ...call.arguments.map(({ value }) => value)];
  return of(call) - parts.filter(({ kind }) => kind !== "lambda").reduce((sum, part) => sum + of(part), 0);
}
