// The rows in a window of time: from `data.since` on and before `data.until`, by the times of a column, which
// are read like those of an event log. Rows outside are skipped without a check of their other values.

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
import type { DataFile, FileOutside, FilePart, RowRange, SqlColumn } from "../formats/data-file.ts";
import { exactColumn } from "../formats/data-file.ts";
import { EventOrder } from "./event-order.ts";

/** The record of a window in a run: the column, and the bounds on that day. */
export interface WindowFacts {
  readonly time: string;
  readonly since: string | null;
  readonly until: string | null;
}

/** The number of rows of a file, with their earliest and latest times, in seconds since 1970. */
export interface TimesOfFile {
  readonly rows: number;
  /** The number of those without a readable time. */
  readonly odd: number;
  readonly first: number;
  readonly last: number;
}

/** A bound as a value of the column: seconds since 1970 for times, otherwise the number itself. */
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
  /** The number of rows outside, and the smallest and largest time. */
  private outside = 0;
  private range: { low: number; high: number } | null = null;
  private files: readonly TimesOfFile[] = [];

  /**
   * `now` is in milliseconds since 1970. Throws DiagnosticError for bounds without a column of times, or for
   * an empty window.
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

  /** The bounds as values of the column. */
  get bounds(): { readonly since: Bound | null; readonly until: Bound | null } {
    return { since: this.since, until: this.until };
  }

  /**
   * Called when the file is read from its beginning. Null if it lacks the column, which is then among
   * `findings`.
   */
  begin(file: DataFile, findings: Findings, use = "`data.time` names"): SqlColumn | null {
    const { time, timeZone } = this;
    [this.outside, this.range, this.findings] = [0, null, findings];
    const column = findColumn(file, time, use, findings);
    this.order = new EventOrder(time, timeZone, findings, numberFormat(column));
    return column !== null && holdsValues(column, findings) ? exactColumn(column) : null;
  }

  /**
   * Uses the times that another reader of the same column reads with `order`: `timeOfLast` is then
   * its last value.
   */
  follow(order: EventOrder, findings: Findings): void {
    [this.outside, this.range, this.findings, this.order] = [0, null, findings, order];
  }

  /** The times of each file of the rows, which an earlier pass over the same files has read. */
  know(files: readonly TimesOfFile[]): void {
    this.files = files;
  }

  /**
   * The rows of file number `at`, if all of them with a readable time are outside; null if some are inside, or if nobody knows.
   */
  outsideOf({ rows }: Pick<FilePart, "rows">, at: number): FileOutside | null {
    const known = this.files[at];
    if (known === undefined) return null;
    const timed = known.rows - known.odd;
    // Rows without a readable time are still there, or were left out.
    if (known.odd > 0 && rows !== known.rows && rows !== timed) return null;
    const { since, until } = this;
    const [first, last] = [known.first, known.last].map((at) => Math.round(at * 1e6));
    const isBefore = since !== null && last! < comparableOf(since);
    if (timed > 0 && !isBefore && (until === null || first! < comparableOf(until))) return null;
    return { rows: rows ?? known.rows, odd: rows === timed ? 0 : known.odd };
  }

  /** Counts rows that are outside, and were not read. */
  passOver({ rows, odd }: FileOutside): void {
    this.outside += rows - odd;
  }

  /** Whether any row was read, inside or outside. */
  get hasRows(): boolean {
    return this.outside > 0;
  }

  /** The ranges of rows in the window, by their times; `first` is the number of the first row. */
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

  /** Must be called after all rows are read: notes mistakes of the column as a whole. */
  end(rows: number): void {
    this.finish();
    this.noteNone(rows, this.outside, this.findings!);
  }

  /** Notes that no row is in the window. */
  noteNone(rows: number, outside: number, findings: Findings): void {
    if (rows > 0 || outside === 0) return;
    const { since, until, time } = this.facts;
    const parameters = { time, since, until, rows: outside, range: this.rangeText };
    findings.add(windowEmpty, parameters, null, time);
  }

  /** A cell's value in the form of the bounds; null if it cannot be compared with them. */
  valueOf(cell: RawCell, row: number): number | null {
    this.order!.read(cell, row);
    const value = this.comparable(row);
    if (value === null || Number.isNaN(value)) return null;
    return (this.since ?? this.until!).isTime ? value / 1e6 : value;
  }

  /** Whether all readable values so far are times of one form, so that a part of the rows is read in the same way. */
  get isUniform(): boolean {
    return this.order!.isUniform;
  }

  /** Must be called if all rows were wanted, inside or outside the window: notes mistakes in their times. */
  finish(): void {
    this.order!.finish();
  }

  private holds(cell: RawCell, row: number): boolean {
    this.order!.read(cell, row);
    const time = this.comparable(row);
    return this.findings!.isCertain || time === null || this.placeOf(time) === 0;
  }

  /** The last time, for `placeOf`; NaN if it cannot be compared with the bounds, which is then among the findings. */
  timeOfLast(row: number): number {
    return this.comparable(row) ?? Number.NaN;
  }

  /** The position of a time: in the window (0), before it (−1) or after it (1). One that isn't known is in it. */
  placeOf(time: number): -1 | 0 | 1 {
    if (Number.isNaN(time)) return 0;
    const { since, until } = this;
    const { low, high } = this.range ?? { low: time, high: time };
    this.range = { low: Math.min(low, time), high: Math.max(high, time) };
    if (since !== null && time < comparableOf(since)) return -1;
    return until !== null && time >= comparableOf(until) ? 1 : 0;
  }

  /**
   * The last time in the form of the bounds; null if it is of another kind, which is then among the findings.
   */
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

/**
 * A time in whole microseconds, because doubles of seconds can make different times equal, and equal times
 * different.
 */
function comparableOf({ value, isTime }: Bound): number {
  return isTime ? Math.round(value * 1e6) : value;
}
