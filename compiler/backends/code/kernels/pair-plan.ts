// Plans sums over pairs of steps: the passes through the keys, and the numbers that a later pass reads.

import { conditionOf } from "../../../middle/pairs/condition.ts";
import { valuesIn } from "../../../middle/pairs/pairs.ts";
import {
  operandsOfPair,
  type PairId,
  type PairSum,
  type PairValue,
  summedBy,
} from "../../../middle/pairs/values.ts";

/** The order in which numbers of pairs are computed. */
export interface PairPlan {
  readonly values: readonly PairValue[];
  readonly sums: readonly PairSum[];
  /** Pairs for which it is 0 count nothing; null if all count. */
  readonly condition: PairId | null;
  /** Each pass through the keys, with the values that it computes; a later pass reads largest numbers, totals and buckets of earlier ones. */
  readonly passes: readonly (readonly PairId[])[];
  /** The pass after which a largest number, a total or a bucket is known. */
  readonly passOf: ReadonlyMap<PairId, number>;
  /** Values with rows in scratch space. */
  readonly rows: readonly PairId[];
}

export function planPairs(values: readonly PairValue[], sums: readonly PairSum[]): PairPlan {
  const all = valuesIn(values, sums.flatMap(summedBy));
  // The first pass that may read the value.
  const known = new Map<PairId, number>();
  for (const id of all) {
    const value = values[id]!;
    const operands = Math.max(0, ...operandsOfPair(value).map((operand) => known.get(operand)!));
    known.set(id, isOfRow(value) ? operands + 1 : operands);
  }
  const last = Math.max(0, ...sums.flatMap(summedBy).map((id) => known.get(id)!));
  // The pass that computes it: the first one that needs it.
  const pass = new Map<PairId, number>();
  const need = (id: PairId, at: number) => pass.set(id, Math.min(at, pass.get(id) ?? at));
  const rows = new Set<PairId>();
  for (const sum of sums) {
    for (const id of summedBy(sum)) need(id, last);
    if (sum.kind === "gather" || sum.kind === "spread" || sum.kind === "by_bucket")
      for (const id of summedBy(sum)) rows.add(id);
  }
  for (const id of all.toReversed()) {
    const value = values[id]!;
    if (value.kind === "bucket" || value.kind === "entry") rows.add(id);
    const at = isOfRow(value) ? known.get(id)! - 1 : pass.get(id)!;
    for (const operand of operandsOfPair(value)) {
      need(operand, at);
    }
  }
  for (const id of all)
    for (const operand of operandsOfPair(values[id]!)) {
      const reading = isOfRow(values[id]!) ? known.get(id)! - 1 : pass.get(id)!;
      if (isComputed(values[operand]!) && pass.get(operand)! < reading) rows.add(operand);
    }
  for (const id of sums.flatMap(summedBy)) if (isComputed(values[id]!) && pass.get(id)! < last) rows.add(id);
  return {
    ...{ values, sums, condition: conditionOf(values, sums), rows: [...rows] },
    passes: Array.from({ length: last + 1 }, (_, at) =>
      all.filter((id) => isComputed(values[id]!) && pass.get(id) === at),
    ),
    passOf: new Map(all.filter((id) => isOfRow(values[id]!)).map((id) => [id, known.get(id)! - 1])),
  };
}

/** Tells whether a value is known only after a pass. */
function isOfRow({ kind }: PairValue): boolean {
  return kind === "largest" || kind === "total" || kind === "bucket";
}

/** Tells whether a pass computes the value, four keys at a time. */
export function isComputed({ kind }: PairValue): boolean {
  return kind === "op" || kind === "product" || kind === "decay";
}
