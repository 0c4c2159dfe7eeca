// The order of events: numbers, or timestamps, each of which is an instant. A timestamp without a UTC offset
// is local time in `time_zone` (default UTC), and the earlier instant if the clock showed it twice. Events of
// equal order keep the order of the file. Most values decide whether a column contains numbers or times, so
// one odd value, even the first, does not change the others.

import { type EpochUnit, epochUnit, parts, shownInstant } from "../../../compiler/common/epoch-units.ts";
import { formatCount } from "../../../compiler/common/format-count.ts";
import { numberOfText } from "../../../compiler/common/number-text.ts";
import { type NoTime, readTime, type TimeText } from "../../../compiler/common/time-text.ts";
import { TimeZone } from "../../../compiler/common/time-zone.ts";
import type { Findings } from "../../../compiler/data/findings.ts";
import type { NumberFormat } from "../../../compiler/data/number-format.ts";
import { formatRaw, type Raw, type RawCell } from "../../../compiler/data/raw-values.ts";
import { isOneValue } from "../../../compiler/data/values.ts";
import { missingValue, notAnOrder } from "../../../compiler/diagnostics/catalog/data.ts";
import {
  mixedUnits,
  offsetsMissing,
  outsideOfTimes,
  timeSkipped,
  timeTwice,
} from "../../../compiler/diagnostics/catalog/times.ts";

/** Low parts of numbers are 0 … 2²⁰ − 1, so that nanoseconds since 1970 keep all digits. */
const LOW = 1048576;

/** Reads the order values of events one after the other. */
export class EventOrder {
  /**
   * The two parts of the last value, NaN if it cannot be read. Sorting by the high part, then the low part,
   * puts events in order.
   */
  high = 0;
  low = 0;
  private readonly column: string;
  private readonly zone: TimeZone | null;
  private readonly findings: Findings;
  private readonly format: NumberFormat;
  private readonly kinds = new Kinds();
  private readonly numbers = new Numbers();
  private readonly times = new Times();

  /** `timeZone` is null if dinc.yaml names none; `format` is the column's number format. */
  constructor(column: string, timeZone: string | null, findings: Findings, format: NumberFormat) {
    this.format = format;
    this.column = column;
    this.zone = timeZone === null ? null : new TimeZone(timeZone);
    this.findings = findings;
  }

  read(cell: RawCell, row: number): void {
    const { column, findings } = this;
    // An unreadable value must not keep the previous parts.
    this.high = Number.NaN;
    this.low = Number.NaN;
    if (!isOneValue(cell, row, column, findings)) return;
    if (cell === null) {
      findings.add(missingValue, { column }, row, column, { isOneValue: true });
      return;
    }
    const number = exact(this.format.plain(cell));
    const time = number === null ? readTime(String(cell)) : null;
    const kind = number !== null ? "numbers" : typeof time === "string" ? null : "times";
    this.kinds.add(kind, row, cell, typeof time === "string" ? time : null);
    if (number !== null) this.readNumber(number, cell, row);
    else if (time !== null && typeof time !== "string") this.readTime(time, cell, row);
  }

  /** Must be called after all rows are read: notes mistakes of the column as a whole. */
  finish(): void {
    const { column, findings, zone } = this;
    this.refuseOthers();
    const decided = this.kinds.most === "times" ? null : this.numbers.decided();
    if (decided !== null) {
      const { unit, others, outside } = decided;
      for (const other of others) {
        const parameters = {
          column,
          value: other.value,
          unit: other.unit,
          others: unit,
          other: decided.value,
        };
        // The mistake belongs to the column and not to a row, because no row shows which unit is meant.
        findings.add(mixedUnits, parameters, other.row, column, { only: () => true });
      }
      if (outside !== null && others.length === 0) {
        const parameters = { column, value: outside.value, unit, rows: outside.rows };
        findings.add(outsideOfTimes, parameters, outside.row, column);
      }
    }
    if (this.kinds.most !== "times") return;
    const { withOffset, without } = this.times;
    if (zone === null && withOffset > 0 && without !== null) {
      const { value, row, rows } = without;
      findings.add(offsetsMissing, { column, value, without: rows, withOffset }, row, column);
    }
  }

  /** Whether all readable values so far are timestamps, or all are numbers of one unit. */
  get isUniform(): boolean {
    return this.kinds.isOne && this.numbers.isOne;
  }

  /** Whether any value could be read. */
  get isKnown(): boolean {
    return this.kinds.most !== null;
  }

  /**
   * The last value in microseconds since 1970, rounded down; null for a number that is not a time, NaN if it
   * could not be read.
   */
  get microseconds(): number | null {
    const { high, low, value } = this;
    if (this.isTime) return microsecondsOfTime(high, low);
    if (Number.isNaN(value)) return value;
    const unit = epochUnit(value);
    return unit === null ? null : microsecondsOfNumber(high, low, unit);
  }

  /** The last value as one number, to the precision of a double: later events never have a smaller one. */
  get value(): number {
    return this.isTime ? this.high + this.low / 1e9 : EventOrder.numberOf(this.high, this.low);
  }

  /** The number with these two parts, to the precision of a double. */
  static numberOf(high: number, low: number): number {
    return high * LOW + low;
  }

  /** Whether the last value is a time; otherwise it is a number, or neither. */
  get isTime(): boolean {
    return this.kinds.last === "times";
  }

  /** Whether most of the values so far are times; otherwise they are numbers. */
  get isOfTimes(): boolean {
    return this.kinds.most === "times";
  }

  /** The unit of time of most numbers so far; null if they are not times, or if there are no numbers. */
  get unit(): EpochUnit | null {
    return this.numbers.decided()?.unit ?? null;
  }

  /** Describes the column for people: `epoch seconds, from … to …`. */
  get described(): string {
    return this.isOfTimes ? this.times.described(this.zone?.name ?? null) : this.numbers.described();
  }

  private readNumber(number: Exact, cell: Raw, row: number): void {
    this.high = number.high;
    this.low = number.low;
    this.numbers.add(number, cell, row);
  }

  private readTime(time: TimeText, cell: Raw, row: number): void {
    const instant = this.instantOf(time, cell, row);
    if (instant === null) return;
    this.high = instant;
    this.low = time.nanoseconds;
    this.times.add(time, instant, cell, row);
  }

  private instantOf({ clock, offset, isDate }: TimeText, cell: Raw, row: number): number | null {
    const { zone, column, findings } = this;
    if (offset !== null) return clock - offset;
    if (zone === null) return clock;
    const parameters = { column, value: formatRaw(cell), zone: zone.name };
    if (zone.instants(clock).length > 1 && !isDate)
      findings.add(timeTwice, parameters, row, column, { isOneValue: true });
    const found = zone.instantOf(clock, isDate);
    if (found === null) findings.add(timeSkipped, parameters, row, column, { isOneValue: true });
    return found;
  }

  /** Notes values that cannot be compared with the majority, in the order of their rows. */
  private refuseOthers(): void {
    const { column, findings, kinds } = this;
    const others = kinds.most === null ? "anything" : `the ${kinds.most} of the other rows`;
    for (const { row, cell, problem } of kinds.odd()) {
      const help = problem === null || !/\d/.test(String(cell)) ? null : notAnOrder.helps[problem]();
      const details = { isOneValue: true, ...(help === null ? {} : { help }) };
      findings.add(notAnOrder, { column, value: formatRaw(cell), others }, row, column, details);
    }
  }
}

type Kind = "numbers" | "times";

/** Neighbouring rows with values of the same kind; null means neither numbers nor times. */
interface KindRun {
  readonly kind: Kind | null;
  readonly first: number;
  last: number;
  readonly cell: Raw;
  readonly problem: NoTime | null;
}

/** A column with more runs is a mixture, whose majority is then final. */
const MOST_RUNS = 100_000;

/** Tracks which rows of a column contain numbers and which contain times. */
class Kinds {
  /** The kind of the last value. */
  last: Kind | null = null;
  private readonly rows = { numbers: 0, times: 0 };
  private runs: KindRun[] = [];
  private decided: Kind | null = null;

  add(kind: Kind | null, row: number, cell: Raw, problem: NoTime | null): void {
    this.last = kind;
    if (kind !== null) this.rows[kind] += 1;
    const run = this.runs.at(-1);
    if (run !== undefined && run.kind === kind && run.last === row - 1) {
      run.last = row;
      return;
    }
    this.runs.push({ kind, first: row, last: row, cell, problem });
    if (this.runs.length < MOST_RUNS) return;
    this.decided ??= this.most;
    this.runs = this.runs.filter((each) => each.kind !== this.decided);
  }

  /** The kind of most values, or of the first value in a tie; null if there are no values of either kind. */
  get most(): Kind | null {
    if (this.decided !== null) return this.decided;
    const { numbers, times } = this.rows;
    if (numbers === times) return this.runs.find(({ kind }) => kind !== null)?.kind ?? null;
    return numbers > times ? "numbers" : "times";
  }

  /** Whether there are values of at most one kind. */
  get isOne(): boolean {
    return this.rows.numbers === 0 || this.rows.times === 0;
  }

  /** Yields the values of another kind, each with the first cell of its run. */
  *odd(): Generator<{ readonly row: number; readonly cell: Raw; readonly problem: NoTime | null }> {
    const { most } = this;
    for (const { kind, first, last, cell, problem } of this.runs)
      if (kind === null || kind !== most)
        for (let row = first; row <= last; row++) yield { row, cell, problem };
  }
}

/** Whole microseconds since 1970, rounded down, from the two parts of a time. */
export function microsecondsOfTime(seconds: number, nanoseconds: number): number {
  return seconds * 1e6 + Math.floor(nanoseconds / 1000);
}

/** The same for a number that counts time since 1970. */
export function microsecondsOfNumber(high: number, low: number, unit: EpochUnit): number {
  // 2²⁰ nanoseconds are 1,048.576 microseconds. Computing with this factor loses no digits, unlike a double
  // of all nanoseconds.
  if (unit === "nanoseconds") return high * 1048 + Math.floor((high * 576 + low) / 1000);
  const factor = 1e6 / parts[unit];
  // A fraction of a unit is only as precise as a double, so it is rounded to nanoseconds first.
  return EventOrder.numberOf(high, 0) * factor + Math.floor(Math.round(low * factor * 1000) / 1000);
}

interface Exact {
  readonly high: number;
  readonly low: number;
  /** To the precision of a double. */
  readonly value: number;
}

const DECIMAL = /^([-+]?)(\d+)\.(\d+)$/;
const WHOLE = /^[-+]?\d+$/;

/** A number without loss of digits; null for anything else. */
function exact(value: Raw): Exact | null {
  if (typeof value === "bigint") return ofBigInt(value);
  if (value === null || typeof value === "boolean") return null;
  const number = typeof value === "string" ? numberOfText(value) : value;
  if (!Number.isFinite(number)) return null;
  if (typeof value === "string") {
    const text = value.trim();
    // Seconds with nanoseconds after the point have more digits than a double.
    const decimal = DECIMAL.exec(text);
    if (decimal !== null) return ofDecimal(decimal, number);
    if (!Number.isSafeInteger(number) && WHOLE.test(text)) return ofDigits(text);
  }
  return ofNumber(number);
}

function ofNumber(value: number): Exact {
  // Adding 0 turns −0 into 0, so that both sort alike.
  const high = Math.floor(value / LOW) + 0;
  return { high, low: value - high * LOW, value };
}

function ofBigInt(value: bigint): Exact {
  const high = value >> 20n;
  // A high part beyond the precision of a double would be rounded, and could then sort in front of others.
  if (high > Number.MAX_SAFE_INTEGER || high < Number.MIN_SAFE_INTEGER) return ofNumber(Number(value));
  return { high: Number(high), low: Number(value & 1048575n), value: Number(value) };
}

function ofDigits(text: string): Exact {
  return ofBigInt(BigInt(text.replace("+", "")));
}

function ofDecimal([, sign, digits, behind]: readonly string[], value: number): Exact {
  const text = `${sign}${digits}`;
  const fraction = Number(`0.${behind}`) * (sign === "-" ? -1 : 1);
  const { high, low } = Number.isSafeInteger(Number(text)) ? ofNumber(Number(text)) : ofDigits(text);
  // Just below a multiple of 2²⁰, low would be negative and sort wrongly.
  return low + fraction < 0
    ? { high: high - 1, low: low + fraction + LOW, value }
    : { high, low: low + fraction, value };
}

interface Seen {
  /** The first value. */
  readonly value: string;
  readonly row: number;
  rows: number;
}

/** Numbers of the same unit, or of none. */
interface SeenNumbers extends Seen {
  least: number;
  largest: number;
}

interface Decided extends SeenNumbers {
  readonly unit: EpochUnit;
  /** Numbers of other units. */
  readonly others: readonly (SeenNumbers & { readonly unit: EpochUnit })[];
  /** Numbers that aren't times in any unit. */
  readonly outside: Readonly<Seen> | null;
}

/** Tracks which numbers count time since 1970, and in which unit. */
class Numbers {
  private rows = 0;
  private readonly seen = new Map<EpochUnit | null, SeenNumbers>();

  add({ value }: Exact, cell: Raw, row: number): void {
    this.rows += 1;
    const unit = epochUnit(value);
    const seen = this.seen.get(unit);
    if (seen === undefined) {
      this.seen.set(unit, { value: formatRaw(cell), row, rows: 1, least: value, largest: value });
      return;
    }
    seen.rows += 1;
    seen.least = Math.min(seen.least, value);
    seen.largest = Math.max(seen.largest, value);
  }

  /** Whether there are numbers of at most one unit. */
  get isOne(): boolean {
    return this.seen.size <= 1;
  }

  /** The unit of most times among the numbers; null unless more than half of all numbers are times. */
  decided(): Decided | null {
    if (this.rows === 0) return null;
    const outside = this.seen.get(null) ?? null;
    if ((outside?.rows ?? 0) * 2 >= this.rows) return null;
    const units = [...this.seen].flatMap(([unit, seen]) => (unit === null ? [] : [{ unit, ...seen }]));
    const [most, ...others] = units.sort((a, b) => b.rows - a.rows || a.row - b.row);
    return { ...most!, others, outside };
  }

  described(): string {
    const decided = this.decided();
    if (decided === null) {
      const all = [...this.seen.values()];
      const least = Math.min(...all.map((seen) => seen.least));
      return `numbers, from ${least} to ${Math.max(...all.map((seen) => seen.largest))}`;
    }
    const { unit, least, largest } = decided;
    const at = (number: number) => shownInstant(Math.floor(number / parts[unit]));
    return `epoch ${unit}, from ${at(least)} to ${at(largest)}`;
  }
}

/** Tracks the times of a column. */
class Times {
  withOffset = 0;
  without: Seen | null = null;
  private dates = 0;
  private first = Number.POSITIVE_INFINITY;
  private last = Number.NEGATIVE_INFINITY;

  add({ offset, isDate }: TimeText, seconds: number, cell: Raw, row: number): void {
    if (offset !== null) this.withOffset += 1;
    else if (this.without === null) this.without = { value: formatRaw(cell), row, rows: 1 };
    else this.without.rows += 1;
    if (isDate) this.dates += 1;
    this.first = Math.min(this.first, seconds);
    this.last = Math.max(this.last, seconds);
  }

  described(zone: string | null): string {
    const { withOffset, dates, first, last } = this;
    const without = this.without?.rows ?? 0;
    const clock = zone ?? "UTC";
    const midnight = `each taken for its midnight in ${clock}`;
    const local = `without a UTC offset, ${zone === null ? "taken for UTC" : `as clocks in ${zone} show them`}`;
    const some = (count: number, what: string) => `${formatCount(count)} of them ${what}`;
    const kinds =
      without === 0
        ? "times with a UTC offset"
        : dates === withOffset + without
          ? `dates, ${midnight}`
          : withOffset === 0
            ? `times ${local}`
            : `times, ${some(without, local)}`;
    const alone = dates > 0 && dates < withOffset + without ? `, ${some(dates, `dates, ${midnight}`)}` : "";
    return `${kinds}${alone}, from ${shownInstant(first)} to ${shownInstant(last)}`;
  }
}
