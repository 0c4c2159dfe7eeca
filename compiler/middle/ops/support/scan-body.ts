// The body of a `scan`: plain data for how one step computes the new state. Values that do not depend on the
// state are computed outside, over all steps at once.

import { invariant } from "../../../common/internal-error.ts";
import type { BodyNode, OpAttributes, OpName, ScanBody } from "../../graph/attributes.ts";
import { definitionIn, type OpContext, type OpTable } from "../../graph/define-op.ts";
import { type EachRows, rowsKey, sameRows, type TensorType } from "../../graph/types.ts";
import { describeType, sameType } from "./shapes.ts";

/** The rows of a body's values: one for each history that has the step, whatever the rows of the scan. */
export const STEP: EachRows = { kind: "each", per: "example" };

const known = new WeakMap<ScanBody, readonly TensorType[]>();

/** The types of all values, derived from the inputs. Throws InternalError if the body is malformed. */
export function bodyTypes(body: ScanBody, ops: OpTable): readonly TensorType[] {
  const found = known.get(body);
  if (found !== undefined) return found;
  const types = [...body.inputs];
  for (const { rows } of types)
    invariant(rows.kind === "once" || sameRows(rows, STEP), `a scan's body reads ${rowsKey(rows)}`);
  for (const { op, attributes, inputs } of body.nodes) {
    invariant(
      inputs.every((input) => Number.isInteger(input) && 0 <= input && input < types.length),
      `${op} in a scan's body uses ${inputs.join(", ")} of ${types.length} values`,
    );
    const type = definitionIn(ops, op).shape(
      inputs.map((input) => types[input]!),
      attributes,
    );
    invariant(sameRows(type.rows, STEP), `${op} in a scan's body gives ${describeType(type)}`);
    types.push(type);
  }
  const [state, result] = [types[0], types[body.result]];
  invariant(state && result && sameType(state, result), "a scan's body does not give a new state");
  known.set(body, types);
  return types;
}

/** Evaluates the body over values of any kind with `compute`, and returns the new state. */
export function runBody<T>(
  ops: OpTable,
  body: ScanBody,
  inputs: readonly T[],
  compute: (node: BodyNode, inputs: readonly T[], context: OpContext<OpAttributes[OpName]>) => T,
): T {
  const types = bodyTypes(body, ops);
  invariant(inputs.length === body.inputs.length, `a scan's body takes ${body.inputs.length} inputs`);
  const values = [...inputs];
  for (const node of body.nodes) {
    const context = {
      attributes: node.attributes,
      inputs: node.inputs.map((input) => types[input]!),
      output: types[values.length]!,
    };
    values.push(
      compute(
        node,
        node.inputs.map((input) => values[input]!),
        context,
      ),
    );
  }
  return values[body.result]!;
}

/**
 * The body in which each node that `isLeftOut` is its first input, without what is then unused. `read` has the inputs
 * that it still reads, by their places before: at least one of `steps`, along which the scan goes. Null if nothing is
 * left out.
 */
export function bodyWithout(
  body: ScanBody,
  isLeftOut: (op: OpName) => boolean,
  steps: readonly number[],
): { readonly body: ScanBody; readonly read: readonly number[] } | null {
  if (!body.nodes.some(({ op }) => isLeftOut(op))) return null;
  const first = body.inputs.length;
  const nodeAt = (value: number) => body.nodes[value - first];
  /** The value that one stands for when nodes are left out. */
  const meant = (value: number): number => {
    const node = nodeAt(value);
    return node !== undefined && isLeftOut(node.op) ? meant(node.inputs[0]!) : value;
  };
  // The state is always an input.
  const used = new Set([0]);
  const use = (value: number): void => {
    if (used.has(value)) return;
    used.add(value);
    for (const input of nodeAt(value)?.inputs ?? []) use(meant(input));
  };
  const result = meant(body.result);
  use(result);
  if (!steps.some((place) => used.has(place))) use(steps[0]!);
  const kept = [...used].sort((a, b) => a - b);
  const places = new Map(kept.map((value, place) => [value, place]));
  const read = kept.filter((value) => value < first);
  const nodes = kept.slice(read.length).map((value): BodyNode => {
    const node = nodeAt(value)!;
    return { ...node, inputs: node.inputs.map((input) => places.get(meant(input))!) };
  });
  const inputs = read.map((value) => body.inputs[value]!);
  return { body: { inputs, nodes, result: places.get(result)! }, read };
}
