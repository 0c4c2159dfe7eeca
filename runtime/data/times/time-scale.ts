// Puts the times of several columns on one scale, so that those of rows, logs and tables can be compared:
// whole microseconds since 1970 in whatever format a column has them, or plain numbers if they count
// something else. Equal times are equal numbers.

import { epochUnit } from "../../../compiler/common/epoch-units.ts";
import type { Findings } from "../../../compiler/data/findings.ts";
import type { NumberFormat } from "../../../compiler/data/number-format.ts";
import type { RawCell } from "../../../compiler/data/raw-values.ts";
import { durationOfOther, scalesDiffer } from "../../../compiler/diagnostics/catalog/impressions.ts";
import type { Duration } from "../../../compiler/frontend/config/impressions.ts";
import { EventOrder, microsecondsOfNumber, microsecondsOfTime } from "./event-order.ts";

/** Microseconds per second. */
const MICROSECONDS = 1e6;

/** The kind of all columns' values; the first column that was read to its end decides. */
export class TimeScale {
  private decided: { readonly isTimes: boolean; readonly column: string; readonly path: string } | null =
    null;

  /** Whether values of the scale are microseconds since 1970. */
  get isTimes(): boolean {
    return this.decided?.isTimes ?? true;
  }

  /** Notes a column of the other kind. */
  settle(isTimes: boolean, column: string, findings: Findings): void {
    const { path } = findings;
    this.decided ??= { isTimes, column, path };
    if (this.decided.isTimes === isTimes) return;
    const scale = isTimes ? "times" : "numbers";
    const { column: other, path: otherPath } = this.decided;
    findings.add(scalesDiffer, { column, scale, other, path: otherPath }, null, column);
  }

  /** A time span in units of the scale; notes a span of the other kind. */
  span(key: string, duration: Duration | null, column: string, findings: Findings): number | null {
    if (duration === null) return null;
    const { kind, text } = duration;
    const isTime = kind === "time";
    const isNothing = kind === "number" && duration.value === 0;
    // A column without values has no kind, and its span does not matter.
    if (this.decided !== null && isTime !== this.isTimes && !isNothing) {
      const { helps } = durationOfOther;
      const help = isTime ? helps.withoutUnit() : helps.withUnit(text);
      findings.add(durationOfOther, { key, text, isTime, column }, null, column, { help });
    }
    return isTime ? Math.round(duration.seconds * MICROSECONDS) : duration.value;
  }
}

/** Reads the times of one column, one after the other. */
export class ColumnTimes {
  private readonly column: string;
  private readonly findings: Findings;
  private readonly order: EventOrder;

  constructor(column: string, timeZone: string | null, findings: Findings, format: NumberFormat) {
    this.column = column;
    this.findings = findings;
    this.order = new EventOrder(column, timeZone, findings, format);
  }

  read(cell: RawCell, row: number): void {
    this.order.read(cell, row);
  }

  /** The last time in two parts, which order all times of the column. */
  get parts(): readonly [high: number, low: number] {
    return [this.order.high, this.order.low];
  }

  /** The last time on the scale; only valid once the scale is decided, while rows are read. */
  on({ isTimes }: TimeScale): number {
    const { value, isTime, microseconds } = this.order;
    // Other numbers, such as a 0 for a missing time, are long before all times.
    return isTimes || isTime ? (microseconds ?? value) : value;
  }

  /** Returns the function from the two parts to a number of the scale; for use after all rows are read. */
  scaled(): (high: number, low: number) => number {
    const { isOfTimes, unit } = this.order;
    if (isOfTimes) return microsecondsOfTime;
    if (unit === null) return EventOrder.numberOf;
    return (high, low) => {
      const value = EventOrder.numberOf(high, low);
      return epochUnit(value) === null ? value : microsecondsOfNumber(high, low, unit);
    };
  }

  /** Must be called after all rows are read: notes mistakes of the column as a whole. */
  finish(scale: TimeScale): void {
    const { order, column, findings } = this;
    order.finish();
    if (order.isKnown) scale.settle(order.isOfTimes || order.unit !== null, column, findings);
  }
}
