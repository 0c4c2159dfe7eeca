// Finds the events of each user that are in a window of time. A user's events are ordered by time, so these
// are a range.

import { type Column, type ColumnReader, float64s, int32s } from "../../../compiler/data/columns.ts";
import type { RowWindow } from "./row-window.ts";

/** By user: their events in the window are from … to − 1 of the sorted ones. */
export interface EventsWithin {
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/**
 * `times` are those of the sorted events, as `RowWindow` compares them. The events of user u are first[u] … first[u + 1] − 1.
 */
export function eventsWithin(
  window: RowWindow,
  times: Column<Float64Array>,
  first: Int32Array,
  reader: ColumnReader,
): EventsWithin {
  const users = first.length - 1;
  const from = int32s(users);
  const to = int32s(users);
  from.set(first.subarray(0, users));
  to.set(first.subarray(0, users));
  let user = 0;
  for (const { from: start, values } of reader.pieces(times, float64s))
    for (let i = 0; i < values.length; i++) {
      while (start + i >= first[user + 1]!) user++;
      const place = window.placeOf(values[i]!);
      if (place < 0) from[user]! += 1;
      if (place <= 0) to[user]! += 1;
    }
  return { from, to };
}
