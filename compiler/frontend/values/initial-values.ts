// Initial values of tables and learned values in a spec: `normal(0.01)`, `zeros`.

import type { WrittenInit } from "../model/model.ts";
import { readNumber } from "../syntax/constants.ts";
import type { Expression } from "../syntax/nodes.ts";

/** The possible values of `init` in their usual form, with their documentation. */
export const INITS: Readonly<Record<WrittenInit["kind"], { readonly form: string; readonly doc: string }>> = {
  zeros: { form: "zeros", doc: "All rows begin with zeros." },
  normal: { form: "normal(0.01)", doc: "Normal, with this deviation." },
  uniform: { form: "uniform(0.05)", doc: "Uniform, between minus this limit and the limit." },
};

/** Their description in messages. */
export const INITIAL_VALUES = "`zeros`, `normal(deviation)` or `uniform(limit)` with a number above 0";

/** Tells whether an expression is meant as initial values, valid or not. */
export function meansInitialValues(value: Expression): boolean {
  return (
    (value.kind === "name" && value.name === "zeros") || (value.kind === "call" && value.callee.name in INITS)
  );
}

/** `zeros`, `normal(0.01)`, `uniform(0.05)`; null for anything else. */
export function initialValues(value: Expression): WrittenInit | null {
  if (value.kind === "name" && value.name === "zeros") return { kind: "zeros" };
  const [size, more] = value.kind === "call" ? value.arguments : [];
  if (value.kind !== "call" || size === undefined || size.name !== null || more !== undefined) return null;
  const number = readNumber(size.value);
  if (number === null || !(number > 0)) return null;
  if (value.callee.name === "normal") return { kind: "normal", deviation: number };
  return value.callee.name === "uniform" ? { kind: "uniform", limit: number } : null;
}
