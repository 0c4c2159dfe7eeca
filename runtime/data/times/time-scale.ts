// Times of several columns on one scale, so that those of rows, logs and tables can be compared: whole
// microseconds since 1970, however a column writes its times, or numbers as they are where they count
// something else. Equal times are equal numbers.

import { epochUnit } from "../../../compiler/common/epoch-units.ts";
import type { Findings } from "../../../compiler/data/findings.ts";
import type { NumberFormat } from "../../../compiler/data/number-format.ts";
import type { RawCell } from "../../../compiler/data/raw-values.ts";
import { durationOfOther, scalesDiffer } from "../../../compiler/diagnostics/catalog/impressions.ts";
import type { Duration } from "../../../compiler/frontend/config/impressions.ts";
import { EventOrder, microsecondsOfNumber, microsecondsOfTime } from "./event-order.ts";

/** Of a second. */
const MICROSECONDS = 1e6;

/** Which of the two all columns are on: the first that was read to its end decides. */
export class TimeScale {
  private decided: { readonly isTimes: boolean; readonly column: string; readonly path: string } | null =
    null;

  /** Whether numbers of the scale are microseconds since 1970. */
  get isTimes(): boolean {
    return this.decided?.isTimes ?? true;
  }

  /** Notes a column that is on the other scale. */
  settle(isTimes: boolean, column: string, findings: Findings): void {
    const { path } = findings;
    this.decided ??= { isTimes, column, path };
    if (this.decided.isTimes === isTimes) return;
    const scale = isTimes ? "times" : "numbers";
    const { column: other, path: otherPath } = this.decided;
    findings.add(scalesDiffer, { column, scale, other, path: otherPath }, null, column);
  }

  /** A time span as a difference of numbers of the scale; one of the other is noted. */
  span(key: string, duration: Duration | null, column: string, findings: Findings): number | null {
    if (duration === null) return null;
    const { kind, text } = duration;
    const isTime = kind === "time";
    const isNothing = kind === "number" && duration.value === 0;
    // Of a column without a value nothing is known, and nothing depends on it.
    if (this.decided !== null && isTime !== this.isTimes && !isNothing) {
      const { helps } = durationOfOther;
      const help = isTime ? helps.withoutUnit() : helps.withUnit(text);
      findings.add(durationOfOther, { key, text, isTime, column }, null, column, { help });
    }
    return isTime ? Math.round(duration.seconds * MICROSECONDS) : duration.value;
  }
}

/** The times of one column, one after the other. */
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

  /** The last one in two parts, by which all of the column are in order. */
  get parts(): readonly [high: number, low: number] {
    return [this.order.high, this.order.low];
  }

  /** The last one on the scale; to be asked for while rows are read, when the scale is decided. */
  on({ isTimes }: TimeScale): number {
    const { value, isTime, microseconds } = this.order;
    // Others, such as a 0 for a missing time, are long before all times.
    return isTimes || isTime ? (microseconds ?? value) : value;
  }

  /** Makes numbers of the scale from the two parts, when all rows are read. */
  scaled(): (high: number, low: number) => number {
    const { isOfTimes, unit } = this.order;
    if (isOfTimes) return microsecondsOfTime;
    if (unit === null) return EventOrder.numberOf;
    return (high, low) => {
      const value = EventOrder.numberOf(high, low);
      return epochUnit(value) === null ? value : microsecondsOfNumber(high, low, unit);
    };
  }

  /** To be called when all rows are read: notes what is wrong with the column as a whole. */
  finish(scale: TimeScale): void {
    const { order, column, findings } = this;
    order.finish();
    if (order.isKnown) scale.settle(order.isOfTimes || order.unit !== null, column, findings);
  }
}
