// Turns times into ids of what a zone's clock shows, or into numbers. Training reads its rows with this and
// generated code contains it, with the offsets of the zone, so no machine's own time zone data matter.

import { FIRST_KNOWN_ID, type IdSpace, NOT_AN_ID } from "./features.ts";
import type { NumbersSpace } from "./numbers.ts";

/**
 * The years from 1990 to 2099 in seconds since 1970: a number is a time of these years in at most one unit.
 */
const FIRST_SECOND = 631_152_000;
const END_SECOND = 4_102_444_800;
const UNITS_IN_SECOND = [1, 1e3, 1e6, 1e9];

const DAY_SECONDS = 86_400;
const TIME_COUNT = /^\d{9,19}(?:\.\d+)?$/;
const ISO_TIME =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:Z|([+-])(\d\d)(?::?(\d\d))?)?)?$/;

/** The number of ids of each part of a clock. */
const CLOCK_SIZES = { hour: 24, weekday: 7, hour_of_week: 168, month: 12 } as const;

/** The ids of a part of a zone's local time. */
export class ClockIds implements IdSpace {
  readonly known: number;
  private readonly part: keyof typeof CLOCK_SIZES;
  /** The instants at which the clock's offset changes, in seconds since 1970, ascending. */
  private readonly changes: readonly number[];
  /** The seconds ahead of UTC: before the first change, between the first and the second, … */
  private readonly offsets: readonly number[];

  constructor(part: keyof typeof CLOCK_SIZES, changes: readonly number[], offsets: readonly number[]) {
    this.known = CLOCK_SIZES[part];
    this.part = part;
    this.changes = changes;
    this.offsets = offsets;
  }

  idOf(value: unknown): number {
    const clock = this.clockOf(value);
    if (Number.isNaN(clock)) return NOT_AN_ID;
    const day = Math.floor(clock / DAY_SECONDS);
    const hour = Math.floor((clock - day * DAY_SECONDS) / 3600);
    // 1970 began on a Thursday.
    const weekday = (day + 3) % 7;
    switch (this.part) {
      case "hour":
        return FIRST_KNOWN_ID + hour;
      case "weekday":
        return FIRST_KNOWN_ID + weekday;
      case "hour_of_week":
        return FIRST_KNOWN_ID + 24 * weekday + hour;
      case "month":
        return FIRST_KNOWN_ID + new Date(clock * 1000).getUTCMonth();
    }
  }

  whyNot(value: unknown): string {
    if (value === undefined || value === null) return "is missing";
    return "must be a time from 1990 to 2099: ISO 8601, a Date, seconds or milliseconds since 1970";
  }

  /** The local time, in seconds since 1970 on that clock; NaN if the value is not a time. */
  private clockOf(value: unknown): number {
    return timeOf(value, (instant) => this.clockAt(instant));
  }

  private clockAt(instant: number): number {
    if (!(instant >= FIRST_SECOND && instant < END_SECOND)) return Number.NaN;
    let low = 0;
    let high = this.changes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.changes[middle]! <= instant) low = middle + 1;
      else high = middle;
    }
    return instant + this.offsets[low]!;
  }
}

/** NaN if the number isn't a time from 1990 to 2099 in any unit. */
function secondsOf(count: number): number {
  for (const parts of UNITS_IN_SECOND)
    if (count >= FIRST_SECOND * parts && count < END_SECOND * parts) return count / parts;
  return Number.NaN;
}

/** The local time, which `clockAt` computes from an instant; NaN if the value is not a time. */
function timeOf(value: unknown, clockAt: (instant: number) => number): number {
  if (typeof value === "string" && !TIME_COUNT.test(value)) return timeOfText(value, clockAt);
  if (value instanceof Date) return clockAt(value.getTime() / 1000);
  return typeof value === "number" || typeof value === "bigint" || typeof value === "string"
    ? clockAt(secondsOf(Number(value)))
    : Number.NaN;
}

function timeOfText(text: string, clockAt: (instant: number) => number): number {
  const found = ISO_TIME.exec(text);
  if (found === null) return Number.NaN;
  const [, year, month, day, hour, minute, second = "0", sign, hours = "0", minutes = "0"] = found;
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || date.getUTCDate() !== Number(day)) return Number.NaN;
  const midnight = date.getTime() / 1000;
  // A date alone is a day of the zone.
  if (hour === undefined) return midnight >= FIRST_SECOND && midnight < END_SECOND ? midnight : Number.NaN;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return Number.NaN;
  if (Number(hours) > 23 || Number(minutes) > 59) return Number.NaN;
  const ahead = 3600 * Number(hours) + 60 * Number(minutes);
  const shown = midnight + 3600 * Number(hour) + 60 * Number(minute) + Number(second);
  return clockAt(sign === "-" ? shown + ahead : shown - ahead);
}

/** The days from 1970 to 2000. */
const DAYS_BEFORE = 10_957;

/** A time as two numbers that 32 bits hold exactly: the day from 2000 on, and the second of the day. */
export class Times implements NumbersSpace {
  readonly width = 2;

  read(value: unknown, out: Float32Array, at: number): boolean {
    const seconds = Math.floor(secondsAt(value));
    const day = Math.floor(seconds / DAY_SECONDS);
    out[at] = day - DAYS_BEFORE;
    out[at + 1] = seconds - day * DAY_SECONDS;
    return !Number.isNaN(seconds);
  }

  whyNot(value: unknown): string {
    if (value === undefined || value === null) return "is missing";
    return "must be a time from 1990 to 2099: ISO 8601, a Date, seconds or milliseconds since 1970";
  }
}

/** Seconds since 1970; a text without an offset counts as UTC. NaN if the value is not a time. */
export function secondsAt(value: unknown): number {
  const isTime = (instant: number) => instant >= FIRST_SECOND && instant < END_SECOND;
  return timeOf(value, (instant) => (isTime(instant) ? instant : Number.NaN));
}
