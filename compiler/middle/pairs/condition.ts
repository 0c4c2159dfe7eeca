// Finds a number of pairs that is 0 where a pair counts nothing, such as that of a step that lies ahead, so that a back end
// may leave out the pairs.

import { LOWEST } from "../ops/support/references.ts";
import { valuesIn } from "./pairs.ts";
import { type PairId, type PairSum, type PairValue, summedBy } from "./values.ts";

/** The condition; null if there is none that is cheap. */
export function conditionOf(values: readonly PairValue[], sums: readonly PairSum[]): PairId | null {
  const summed = sums.flatMap((sum) => (sum.kind === "by_bucket" ? [sum.of] : summedBy(sum)));
  const all = valuesIn(values, sums.flatMap(summedBy));
  const candidates = all.filter((id) => isCheap(values, id) && isAsked(values, all, id));
  return candidates.find((id) => isLeftOut(values, all, summed, id)) ?? null;
}

/** Tells whether the value is computed number by number from what steps have. */
function isCheap(values: readonly PairValue[], id: PairId): boolean {
  const parts = valuesIn(values, [id]).map((part) => values[part]!.kind);
  return (
    parts.includes("op") && parts.every((kind) => kind === "op" || kind === "stream" || kind === "constant")
  );
}

/** Tells whether others depend on the value as a condition or as a factor. */
function isAsked(values: readonly PairValue[], all: readonly PairId[], id: PairId): boolean {
  return all.some((reader) => {
    const value = values[reader]!;
    if (value.kind !== "op") return false;
    if (value.use.op === "choose") return value.operands[0] === id;
    return value.use.op === "multiply" && value.operands.includes(id);
  });
}

/** Tells whether pairs count nothing where the condition is 0. */
function isLeftOut(
  values: readonly PairValue[],
  all: readonly PairId[],
  summed: readonly PairId[],
  condition: PairId,
): boolean {
  const known = new Map<PairId, boolean>();
  const isZero = (id: PairId): boolean => {
    const found = known.get(id) ?? compute(id);
    known.set(id, found);
    return found;
  };
  const compute = (id: PairId): boolean => {
    const value = values[id]!;
    if (id === condition) return true;
    if (value.kind === "constant") return value.value === 0;
    if (value.kind !== "op") return false;
    const [a, b, c] = value.operands;
    switch (value.use.op) {
      case "choose":
        return isZero(a!) ? isZero(c!) : isZero(b!) && isZero(c!);
      case "multiply":
        return isZero(a!) || isZero(b!);
      case "add":
      case "subtract":
        return isZero(a!) && isZero(b!);
      case "sigmoid_gradient":
        return isZero(b!);
      case "divide":
      case "negate":
      case "relu":
      case "tanh":
        return isZero(a!);
      default:
        return false;
    }
  };
  const isLowest = (id: PairId): boolean => {
    const value = values[id]!;
    if (value.kind !== "op" || value.use.op !== "choose") return false;
    const other = values[value.operands[2]!]!;
    return isZero(value.operands[0]!) && other.kind === "constant" && other.value === LOWEST;
  };
  return (
    summed.every(isZero) &&
    all.every((id) => {
      const value = values[id]!;
      if (value.kind === "total") return isZero(value.of);
      return value.kind !== "largest" || isLowest(value.of);
    })
  );
}
