// Finds columns that go with time and do not come again, such as the month in rows of half a year: a model has met none of tomorrow's
// values.

import { readTime } from "../../common/time-text.ts";
import type { NamedColumn } from "./columns.ts";
import type { DraftCell } from "./table.ts";
import { numberOfCell, valuesOf } from "./values.ts";

/** A value occurs at least this often on average, so that it could have come again. */
const REPEATED = 5;
/** The share of a value's first and last rows that are not looked at: some of them may be wrong. */
const TRIMMED = 0.01;
/** The stretches of all values are together at most this many times as long as the time itself. */
const OVERLAPPING = 1.2;

/** Whether each value of the column occurs in one stretch of time, and hardly another value within it. */
export function isOfOneStretch(column: NamedColumn, time: NamedColumn): boolean {
  const { counts, count } = valuesOf(column);
  if (counts.size < 2 || count < REPEATED * counts.size) return false;
  const instants = time.cells.map(instantOf);
  const order = Uint32Array.from(instants.keys()).sort((a, b) => instants[a]! - instants[b]!);
  const places = new Map<DraftCell, number[]>();
  for (const [place, row] of order.entries()) {
    const value = column.cells[row]!;
    const own = places.get(value);
    if (own === undefined) places.set(value, [place]);
    else own.push(place);
  }
  let covered = 0;
  for (const own of places.values()) {
    const trimmed = Math.floor(TRIMMED * own.length);
    covered += own[own.length - 1 - trimmed]! - own[trimmed]! + 1;
  }
  return covered <= OVERLAPPING * order.length;
}

function instantOf(cell: DraftCell): number {
  const number = numberOfCell(cell);
  if (Number.isFinite(number)) return number;
  const time = readTime(String(cell));
  return typeof time === "string" ? Number.NaN : time.clock - (time.offset ?? 0);
}
