// If each event has a time (by the order of an event log, or the time of impressions), the time of a row and
// the times of its steps need no column of their own.

import { TimeZone } from "../common/time-zone.ts";
import { featureNamed, type Model } from "../frontend/model/model.ts";
import { ownTimeOf } from "../frontend/model/own-time.ts";
import type { ColumnUse } from "./feature-columns.ts";
import { columnNamed, type DataTable } from "./table.ts";

/** The column of the times of events. */
export interface EventTime {
  readonly column: string;
  /** Whose clocks wrote times without a UTC offset; null for UTC. */
  readonly timeZone: string | null;
}

/**
 * The same uses, but if the table has no column for them, the `time` of the context and the times of steps
 * are read from `events`.
 */
export function withOwnTimes(
  uses: readonly ColumnUse[],
  model: Model,
  table: DataTable,
  events: EventTime,
): ColumnUse[] {
  const own = ownTimeOf(model);
  const isThere = (column: string) =>
    columnNamed(table, column) !== undefined ||
    table.ambiguous.has(column) ||
    table.unfit?.has(column) === true;
  const orderZone = new TimeZone(events.timeZone ?? "UTC");
  return uses.map((use) => {
    const { feature } = use;
    const source = feature.source === null ? feature : featureNamed(model, feature.source);
    const isOwn = source.kind.kind === "time" && (source.scope === "history" || source === own);
    return isOwn && !isThere(use.column) ? { ...use, column: events.column, orderZone } : use;
  });
}
