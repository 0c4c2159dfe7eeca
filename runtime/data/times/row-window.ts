// The rows of a window of time: those from `data.since` on and before `data.until`, by the times of a column.
// Times are read as those of an event log are. Rows outside are passed over: whatever else they hold is not
// looked at.

import { instantText, shownInstant } from "../../../compiler/common/epoch-units.ts";
import { findColumn, holdsValues } from "../../../compiler/data/feature-columns.ts";
import type { Findings } from "../../../compiler/data/findings.ts";
import { numberFormat } from "../../../compiler/data/number-format.ts";
import type { RawCell } from "../../../compiler/data/raw-values.ts";
import { windowEmpty, windowOfNumbers, windowOfTimes } from "../../../compiler/diagnostics/catalog/from.ts";
import { DiagnosticError } from "../../../compiler/diagnostics/diagnostic.ts";
import type { WindowConfig } from "../../../compiler/frontend/config/config.ts";
import { instantOf, type TimePoint } from "../../../compiler/frontend/config/time-points.ts";
import { windowProblems } from "../../../compiler/frontend/config/training-problems.ts";
import type { DataFile, RowRange, SqlColumn } from "../formats/data-file.ts";
import { exactColumn } from "../formats/data-file.ts";
import { EventOrder } from "./event-order.ts";

/** What a run records of a window: the column, and its bounds as they were that day. */
export interface WindowFacts {
  readonly time: string;
  readonly since: string | null;
  readonly until: string | null;
}

/** A bound as a number of the column: seconds since 1970 of times, the number itself of numbers. */
interface Bound {
  readonly value: number;
  readonly isTime: boolean;
  readonly text: string;
}

export class RowWindow {
  private readonly time: string;
  private readonly timeZone: string | null;
  private readonly since: Bound | null;
  private readonly until: Bound | null;
  private order: EventOrder | null = null;
  private findings: Findings | null = null;
  /** Rows that were outside, and the least and the largest time that there was. */
  private outside = 0;
  private range: { low: number; high: number } | null = null;

  /**
   * `now` is in milliseconds since 1970. Throws DiagnosticError for bounds without a column of times, or with
   * nothing between them.
   */
  constructor(config: WindowConfig, now: number) {
    const problems = windowProblems(config);
    if (problems.length > 0) throw new DiagnosticError(problems);
    this.time = config.time!;
    this.timeZone = config.timeZone;
    this.since = boundOf(config.since, config.timeZone, now);
    this.until = boundOf(config.until, config.timeZone, now);
  }

  get facts(): WindowFacts {
    return { time: this.time, since: this.since?.text ?? null, until: this.until?.text ?? null };
  }

  /** The same as numbers of the column. */
  get bounds(): { readonly since: Bound | null; readonly until: Bound | null } {
    return { since: this.since, until: this.until };
  }

  /**
   * The file is read, or read again, from its beginning; null where it has no such column, which is among
   * `findings` then.
   */
  begin(file: DataFile, findings: Findings, use = "`data.time` names"): SqlColumn | null {
    const { time, timeZone } = this;
    [this.outside, this.range, this.findings] = [0, null, findings];
    const column = findColumn(file, time, use, findings);
    this.order = new EventOrder(time, timeZone, findings, numberFormat(column));
    return column !== null && holdsValues(column, findings) ? exactColumn(column) : null;
  }

  /**
   * Another reader of the same column reads its times, by `order`, from its beginning: `placeOfLast` is then
   * about its last value.
   */
  follow(order: EventOrder, findings: Findings): void {
    [this.outside, this.range, this.findings, this.order] = [0, null, findings, order];
  }

  /** Whether there were rows, be they outside. */
  get hasRows(): boolean {
    return this.outside > 0;
  }

  /** Which of some rows, the first of which is `first`, are in the window, by their times. */
  rangesOf(times: readonly RawCell[], first: number): RowRange[] {
    const ranges: RowRange[] = [];
    let from = 0;
    for (let row = 0; row <= times.length; row++) {
      if (row < times.length && this.holds(times[row]!, first + row)) continue;
      if (row > from) ranges.push([from, row]);
      from = row + 1;
      if (row < times.length) this.outside += 1;
    }
    return ranges;
  }

  /** To be called when all rows are read: notes what is wrong with the column as a whole. */
  end(rows: number): void {
    this.finish();
    this.noteNone(rows, this.outside, this.findings!);
  }

  /** Notes that none of some rows is in the window. */
  noteNone(rows: number, outside: number, findings: Findings): void {
    if (rows > 0 || outside === 0) return;
    const { since, until, time } = this.facts;
    const parameters = { time, since, until, rows: outside, range: this.rangeText };
    findings.add(windowEmpty, parameters, null, time);
  }

  /** What a cell says, as bounds are; null where it cannot be compared with these. */
  valueOf(cell: RawCell, row: number): number | null {
    this.order!.read(cell, row);
    const value = this.comparable(row);
    if (value === null || Number.isNaN(value)) return null;
    return (this.since ?? this.until!).isTime ? value / 1e6 : value;
  }

  /** To be called where all rows were wanted, in the window or not: notes what is wrong with their times. */
  finish(): void {
    this.order!.finish();
  }

  private holds(cell: RawCell, row: number): boolean {
    this.order!.read(cell, row);
    return this.placeOfLast(row) === 0;
  }

  /** Where the last time that was read is: in the window (0), before it (−1) or after it (1). */
  placeOfLast(row: number): -1 | 0 | 1 {
    const { since, until, findings } = this;
    const value = this.comparable(row);
    if (findings!.isCertain || value === null || Number.isNaN(value)) return 0;
    const { low, high } = this.range ?? { low: value, high: value };
    this.range = { low: Math.min(low, value), high: Math.max(high, value) };
    if (since !== null && value < comparableOf(since)) return -1;
    return until !== null && value >= comparableOf(until) ? 1 : 0;
  }

  /** The last time as bounds are; null where it is of another kind than these, which is among the findings then. */
  private comparable(row: number): number | null {
    const { order, time, findings } = this;
    const bound = this.since ?? this.until!;
    const { value, isTime, microseconds } = order!;
    if (isTime) {
      if (!bound.isTime) findings!.add(windowOfNumbers, { time, bound: bound.text }, row, time);
      return bound.isTime ? microseconds : null;
    }
    if (!bound.isTime) return value;
    if (microseconds === null)
      findings!.add(windowOfTimes, { time, bound: bound.text, value: String(value) }, row, time);
    return microseconds;
  }

  private get rangeText(): string {
    const { range } = this;
    if (range === null) return "no times";
    const shown = (this.since ?? this.until!).isTime ? (at: number) => shownInstant(at / 1e6) : String;
    return `${shown(range.low)} to ${shown(range.high)}`;
  }
}

function boundOf(moment: TimePoint | null, timeZone: string | null, now: number): Bound | null {
  if (moment === null) return null;
  if (moment.kind === "number") return { value: moment.value, isTime: false, text: String(moment.value) };
  const value = instantOf(moment, timeZone, now);
  return { value, isTime: true, text: instantText(value) };
}

/** A time in whole microseconds: doubles of seconds are equal for some that are not, and the other way round. */
function comparableOf({ value, isTime }: Bound): number {
  return isTime ? Math.round(value * 1e6) : value;
}
