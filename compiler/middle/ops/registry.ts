// All ops by name. `npm run generate -- compiler/middle` finds the file of an op; tests/ops covers it then.

import type { OpName } from "../graph/attributes.ts";
import { definitionIn, type OpTable, type OpTrait } from "../graph/define-op.ts";
import * as definitions from "./definitions.generated.ts";
import { scanOver } from "./scan.op.ts";

export const ops: OpTable = { ...definitions, scan: scanOver((): OpTable => ops) };

type Definitions = typeof definitions;

/** The ops whose definitions have the trait `elementwise`. */
export type ElementwiseOp = {
  [N in keyof Definitions]: Definitions[N] extends { readonly elementwise: true } ? N : never;
}[keyof Definitions];

/** Makes a table with an entry for each elementwise op. */
export function forElementwise<Entry>(entry: (op: ElementwiseOp) => Entry): {
  readonly [N in ElementwiseOp]: Entry;
} {
  const names = (Object.keys(ops) as OpName[]).filter(isElementwise) as ElementwiseOp[];
  return Object.fromEntries(names.map((op) => [op, entry(op)])) as { [N in ElementwiseOp]: Entry };
}

/**
 * The inputs whose numbers a node reads. Only the type of the value that `broadcast_like` imitates matters.
 */
export function operandsOf<T>({
  op,
  inputs,
}: {
  readonly op: OpName;
  readonly inputs: readonly T[];
}): readonly T[] {
  return op === "broadcast_like" ? inputs.slice(0, 1) : inputs;
}

/** Tells whether an op has a trait. */
export function hasTrait(op: OpName, trait: OpTrait): boolean {
  return definitionIn(ops, op)[trait] === true;
}

/** Tells whether an op works number by number. */
export function isElementwise(op: OpName): boolean {
  return hasTrait(op, "elementwise");
}
