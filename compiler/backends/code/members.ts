// Computes the members of a loop over numbers, four at a time. A product used only by one sum is merged with
// it into one instruction.

import { invariant } from "../../common/internal-error.ts";
import type { OpUse } from "../../middle/graph/attributes.ts";
import type { FunctionBuilder } from "./builder.ts";
import type { Vector } from "./code.ts";
import { vector } from "./expressions.ts";
import { lanes } from "./lanes.ts";

/** Identifies a value within a loop. */
export type Key = number;

export type Member = OpUse & { readonly key: Key; readonly operands: readonly Key[] };

/** Computes members in their order from the read values. The caller uses each of `kept` once. */
export function computeMembers(
  f: FunctionBuilder,
  members: readonly Member[],
  kept: readonly Key[],
  read: ReadonlyMap<Key, Vector>,
): (key: Key) => Vector {
  const known = new Map(read);
  const { products, sums } = multiplyAdds(members, kept);
  // A value that is only stored needs no variable.
  const stored = kept.length === 1 ? kept[0]! : null;
  const isRead = stored !== null && members.some(({ operands }) => operands.includes(stored));
  const keep = (key: Key, value: Vector) =>
    known.set(key, key === stored && !isRead ? value : f.local(value));
  for (const member of members) {
    const { key, op, operands } = member;
    if (products.has(key)) continue;
    const found = (operand: Key) => {
      const value = known.get(operand);
      invariant(value, `${op} in a loop reads what is not there`);
      return value;
    };
    const terms = sums.get(key);
    if (terms === undefined) keep(key, four(f, member, operands.map(found)));
    else {
      const [x, y, z] = terms.map(found) as [Vector, Vector, Vector];
      keep(key, vector.madd(x, y, z));
    }
  }
  return (key) => known.get(key)!;
}

/** Four numbers of the op from those at the same index of its operands. */
function four(f: FunctionBuilder, { op, attributes }: OpUse, operands: readonly Vector[]): Vector {
  const [x, y] = operands as [Vector, Vector];
  if (op === "sigmoid_gradient") return vector.mul(vector.mul(y, x), vector.sub(f.constant(1), x));
  if (op === "dropout") {
    const { rate } = attributes;
    const isKept = vector.ge(y, f.constant(rate));
    return vector.and(vector.mul(x, f.constant(1 / (1 - rate))), isKept);
  }
  invariant(op in lanes, `${op} is not computed number by number`);
  return lanes[op as keyof typeof lanes](f, operands);
}

/** Sums with a product that nothing else uses: `sums` has the operands of x · y + z. */
function multiplyAdds(
  members: readonly Member[],
  kept: readonly Key[],
): { readonly products: ReadonlySet<Key>; readonly sums: ReadonlyMap<Key, readonly Key[]> } {
  const readers = new Map<Key, number>();
  for (const key of [...members.flatMap(({ operands }) => operands), ...kept])
    readers.set(key, (readers.get(key) ?? 0) + 1);
  const products = new Set<Key>();
  const sums = new Map<Key, readonly Key[]>();
  const byKey = new Map(members.map((member) => [member.key, member]));
  for (const { key, op, operands } of members) {
    if (op !== "add") continue;
    const product = operands.find(
      (operand) => byKey.get(operand)?.op === "multiply" && readers.get(operand) === 1,
    );
    if (product === undefined) continue;
    const other = operands[0] === product ? operands[1]! : operands[0]!;
    products.add(product);
    sums.set(key, [...byKey.get(product)!.operands, other]);
  }
  return { products, sums };
}
