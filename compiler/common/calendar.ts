// The calendar of a time zone: the hour, day, week or month of an instant, with its start and end. A day on
// which clocks change has 23 or 25 hours; periods follow each other without a gap.

import { firstIndex } from "./arrays.ts";
import { TimeZone } from "./time-zone.ts";

/** Weeks begin on Monday, as in ISO 8601. */
export const PERIODS = ["hour", "day", "week", "month"] as const;
export type Period = (typeof PERIODS)[number];

export interface CalendarPeriod {
  /**
   * `2026-10-25T02`, `2026-10-25`, `2026-W43`, `2026-10`. An hour that clocks show twice has its UTC offset:
   * `2026-10-25T02+0200`.
   */
  readonly name: string;
  /** Its first instant, and the first one after it, in seconds since 1970. */
  readonly since: number;
  readonly until: number;
}

const HOUR = 3600;
const DAY = 24 * HOUR;

export class Calendar {
  private readonly period: Period;
  private readonly zone: TimeZone;
  /** The periods computed so far, in order of time. */
  private readonly known: CalendarPeriod[] = [];

  /** `timeZone` null means UTC. */
  constructor(period: Period, timeZone: string | null) {
    this.period = period;
    this.zone = new TimeZone(timeZone ?? "UTC");
  }

  /** The period that contains an instant. */
  at(instant: number): CalendarPeriod {
    const place = firstIndex(this.known.length, (i) => this.known[i]!.until > instant);
    const known = this.known[place];
    if (known !== undefined && known.since <= instant) return known;
    const found = this.period === "hour" ? this.hourAt(instant) : this.daysAt(instant, this.period);
    this.known.splice(place, 0, found);
    return found;
  }

  private daysAt(instant: number, period: Exclude<Period, "hour">): CalendarPeriod {
    const first = firstDays[period];
    let begin = first(Math.floor(this.zone.clockAt(instant) / DAY));
    // Clocks that are put back over midnight show the previous day again.
    while (this.startOf(begin) > instant) begin = first(begin - 1);
    let end = first(begin + longest[period]);
    while (this.startOf(end) <= instant) [begin, end] = [end, first(end + longest[period])];
    return { name: names[period](begin), since: this.startOf(begin), until: this.startOf(end) };
  }

  /** The first instant of a day, counted from 1970; for a day that the clocks skip, that of the next day. */
  private startOf(day: number): number {
    return this.zone.startOfDay(day * DAY) ?? this.startOf(day + 1);
  }

  /** The instants at which clocks show the same hour at the same UTC offset. */
  private hourAt(instant: number): CalendarPeriod {
    const offset = this.offsetAt(instant);
    const hour = Math.floor((instant + offset) / HOUR) * HOUR;
    let [since, until] = [hour - offset, hour + HOUR - offset];
    if (this.offsetAt(since) !== offset) since = this.changeWithin(since, Math.floor(instant));
    if (this.offsetAt(until - 1) !== offset) until = this.changeWithin(Math.floor(instant), until - 1);
    const isTwice = [hour, hour + HOUR - 1].some((clock) => this.zone.instants(clock).length > 1);
    return { name: `${textOf(hour).slice(0, 13)}${isTwice ? offsetText(offset) : ""}`, since, until };
  }

  private offsetAt(instant: number): number {
    return this.zone.clockAt(Math.floor(instant)) - Math.floor(instant);
  }

  /** The first second with the offset of `to`, which differs from the offset of `from`. */
  private changeWithin(from: number, to: number): number {
    const offset = this.offsetAt(to);
    let [before, after] = [from, to];
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (this.offsetAt(middle) === offset) after = middle;
      else before = middle;
    }
    return after;
  }
}

/**
 * By period: the first day of the period that contains a day. Days are counted from 1970-01-01, a Thursday.
 */
const firstDays = {
  day: (day: number) => day,
  week: (day: number) => day - ((((day + 3) % 7) + 7) % 7),
  month: (day: number) => day - dateOf(day).getUTCDate() + 1,
} satisfies Record<Exclude<Period, "hour">, (day: number) => number>;

/** The number of days from the first day of any period to a day in the next period. */
const longest = { day: 1, week: 7, month: 31 } as const;

const names = {
  day: (day: number) => textOf(day * DAY).slice(0, 10),
  week: (monday: number) => {
    const year = dateOf(monday + 3).getUTCFullYear();
    const days = monday + 3 - Date.UTC(year, 0) / (1000 * DAY);
    return `${year}-W${String(Math.floor(days / 7) + 1).padStart(2, "0")}`;
  },
  month: (day: number) => textOf(day * DAY).slice(0, 7),
} satisfies Record<Exclude<Period, "hour">, (day: number) => string>;

function dateOf(day: number): Date {
  return new Date(day * DAY * 1000);
}

function textOf(clock: number): string {
  return new Date(clock * 1000).toISOString();
}

/** `+0200`, without a colon, which Windows does not allow in names of folders. */
function offsetText(offset: number): string {
  const minutes = Math.abs(Math.trunc(offset / 60));
  const two = (number: number) => String(number).padStart(2, "0");
  return `${offset < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`;
}
