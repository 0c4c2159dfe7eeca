// Functions that references share: sizes, and broadcasting.

import type { ReferenceValue, RowLayout } from "../../graph/define-op.ts";
import { type StepsRows, sizeOf, type TensorType } from "../../graph/types.ts";
import { eachOf, splitLast } from "./shapes.ts";

/** How many numbers a value of `type` has. */
export function lengthOf(type: TensorType, layout: RowLayout): number {
  return layout.count(type.rows) * sizeOf(type.dims);
}

export function filled(type: TensorType, layout: RowLayout, value = 0): ReferenceValue {
  return new Float64Array(lengthOf(type, layout)).fill(value);
}

/** `values` of type `from`, repeated along rows and last dim to have type `to`. */
export function broadcastValue(
  values: ReferenceValue,
  from: TensorType,
  to: TensorType,
  layout: RowLayout,
): ReferenceValue {
  const out = filled(to, layout);
  const last = splitLast(to.dims).last;
  const fromLast = splitLast(from.dims).last;
  const lead = sizeOf(splitLast(to.dims).lead);
  for (let i = 0; i < out.length; i++) {
    const column = i % last;
    const line = Math.floor(i / last);
    const fromLine = from.rows.kind === "once" ? line % lead : line;
    out[i] = values[fromLine * fromLast + (fromLast === 1 ? 0 : column)]!;
  }
  return out;
}

/** For each row the numbers of its steps. */
export function stepsByRow(rows: StepsRows, layout: RowLayout): number[][] {
  const byRow = Array.from({ length: layout.count(eachOf(rows)) }, (): number[] => []);
  layout.segments(rows).forEach((row, step) => {
    byRow[row]!.push(step);
  });
  return byRow;
}

/** The lowest f32: the largest of nothing. */
export const LOWEST = -3.4028234663852886e38;
