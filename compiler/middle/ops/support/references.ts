// Shared code of references: sizes and broadcasting.

import type { ReferenceValue, RowLayout } from "../../graph/define-op.ts";
import { type StepsRows, sizeOf, type TensorType } from "../../graph/types.ts";
import { eachOf, splitLast } from "./shapes.ts";

/** The number of numbers in a value of `type`. */
export function lengthOf(type: TensorType, layout: RowLayout): number {
  return layout.count(type.rows) * sizeOf(type.dims);
}

export function filled(type: TensorType, layout: RowLayout, value = 0): ReferenceValue {
  return new Float64Array(lengthOf(type, layout)).fill(value);
}

/**
 * `values` of type `from`, repeated along rows and the last dim to type `to`; the same array if nothing is
 * repeated.
 */
export function broadcastValue(
  values: ReferenceValue,
  from: TensorType,
  to: TensorType,
  layout: RowLayout,
): ReferenceValue {
  const length = lengthOf(to, layout);
  if (values.length === length) return values;
  const out = new Float64Array(length);
  const last = splitLast(to.dims).last;
  const fromLast = splitLast(from.dims).last;
  const lead = sizeOf(splitLast(to.dims).lead);
  for (let line = 0, first = 0; first < length; line++, first += last) {
    const start = (from.rows.kind === "once" ? line % lead : line) * fromLast;
    if (fromLast === 1) out.fill(values[start]!, first, first + last);
    else for (let column = 0; column < last; column++) out[first + column] = values[start + column]!;
  }
  return out;
}

/** For each row, the indices of its steps. */
export function stepsByRow(rows: StepsRows, layout: RowLayout): number[][] {
  const byRow = Array.from({ length: layout.count(eachOf(rows)) }, (): number[] => []);
  layout.segments(rows).forEach((row, step) => {
    byRow[row]!.push(step);
  });
  return byRow;
}

/** The lowest f32, the maximum of an empty set of numbers. */
export const LOWEST = -3.4028234663852886e38;
