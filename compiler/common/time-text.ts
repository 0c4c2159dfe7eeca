// Reads timestamps that are written as text. A text that does not determine the instant, such as 03/04/2026,
// is not read as a timestamp.

/** What a text says: what a clock shows, and how far that clock is from UTC where it says so. */
export interface TimeText {
  /** Seconds from 1970-01-01 00:00:00 to what the clock shows. */
  readonly clock: number;
  /** After these, below 10⁹; with a fraction where there are more than nine digits. */
  readonly nanoseconds: number;
  /** Seconds that the clock is ahead of UTC; null where the text does not say. */
  readonly offset: number | null;
  /** Whether it is a date alone, which is its first instant. */
  readonly isDate: boolean;
}

/** Why a text is no time: nobody can say which of its numbers is the month, there is no such day or hour, anything else. */
export type NoTime = "day_or_month" | "no_such_time" | "no_time";

const OFFSET = String.raw`(?: ?(Z|z|UTC|GMT|[-+−]\d\d(?::?\d\d(?::?\d\d)?)?))?`;
const EXTENDED = new RegExp(
  String.raw`^(\d{4}|[1-9]\d{4,5})([-/\\ ])(\d{1,2})\2(\d{1,2})( \(BC\))?(?:(?:[Tt]| +)(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d*))?)?${OFFSET})?$`,
);
const BASIC = new RegExp(String.raw`^(\d{4})(\d\d)(\d\d)[Tt](\d\d)(\d\d)(?:(\d\d)(?:[.,](\d*))?)?${OFFSET}$`);
const DAY_OR_MONTH = /^\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}(?!\d)/;

/** The last second that a calendar of JavaScript has, less a few days for what zones make of it. */
const LAST = 8.64e12 - 4 * 86_400;

/**
 * ISO 8601 and RFC 3339, and what DuckDB takes beside them: `2026-03-04`, `2026/3/4 9:05`, `2026-03-04T09:05:06.789+09:00`,
 * `20260304T090506Z`.
 */
export function readTime(text: string): TimeText | NoTime {
  const trimmed = text.trim();
  const extended = EXTENDED.exec(trimmed);
  if (extended !== null) {
    const [, year, , month, day, bc, hour, minute, second, fraction, offset] = extended;
    // 10:1-01 may be anything.
    if (offset !== undefined && second === undefined && minute!.length < 2) return "no_time";
    // The year before 1 is 1 BC, as DuckDB writes it.
    const astronomical = bc === undefined ? Number(year) : 1 - Number(year);
    return timeOf(astronomical, month!, day!, hour, minute, second, fraction, offset);
  }
  const basic = BASIC.exec(trimmed);
  if (basic !== null) {
    const [, year, month, day, hour, minute, second, fraction, offset] = basic;
    return timeOf(Number(year), month!, day!, hour, minute, second, fraction, offset);
  }
  return DAY_OR_MONTH.test(trimmed) ? "day_or_month" : "no_time";
}

/** Whether a text is a time to people, be it one that nobody can put in order. */
export function looksLikeTime(text: string): boolean {
  return readTime(text) !== "no_time";
}

function timeOf(
  year: number,
  month: string,
  day: string,
  hour: string | undefined,
  minute = "0",
  second = "0",
  fraction = "",
  offset: string | undefined,
): TimeText | NoTime {
  const [m, d, h, min, s] = [Number(month), Number(day), Number(hour ?? 0), Number(minute), Number(second)];
  const nanoseconds = nanosecondsOf(fraction);
  if (m < 1 || m > 12 || d < 1 || d > daysIn(year, m)) return "no_such_time";
  // 24:00 is the end of a day. A second 60 is not told apart from the one after it by any count of seconds since 1970.
  const isEnd = h === 24 && min === 0 && s === 0 && nanoseconds === 0;
  if ((h > 23 && !isEnd) || min > 59 || s > 59) return "no_such_time";
  const ahead = offset === undefined ? null : offsetOf(offset);
  if (ahead !== null && Number.isNaN(ahead)) return "no_such_time";
  const clock = 86_400 * daysSince1970(year, m, d) + 3600 * h + 60 * min + s;
  if (Math.abs(clock) > LAST) return "no_such_time";
  return { clock, nanoseconds, offset: ahead, isDate: hour === undefined };
}

function nanosecondsOf(fraction: string): number {
  const digits = fraction.padEnd(9, "0");
  // Rounded up to a second by too many nines, it would be of the next one.
  return Math.min(Number(`${digits.slice(0, 9)}.${digits.slice(9)}`), 999_999_999.9999999);
}

/** NaN for what no clock has. */
function offsetOf(text: string): number {
  if (/^[A-Za-z]/.test(text)) return 0;
  const [, hours, minutes = "0", seconds = "0"] = /^.(\d\d):?(\d\d)?:?(\d\d)?$/.exec(text)!;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return Number.NaN;
  const ahead = 3600 * Number(hours) + 60 * Number(minutes) + Number(seconds);
  return text.startsWith("+") ? ahead : -ahead;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** In the Gregorian calendar, before it was in use, too. `Date.UTC` takes the years 0 to 99 for others. */
export function daysSince1970(year: number, month: number, day: number): number {
  // Years that begin in March have their leap day last.
  const y = month > 2 ? year : year - 1;
  const era = Math.floor(y / 400);
  const yearOfEra = y - 400 * era;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = 365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return 146_097 * era + dayOfEra - 719_468;
}
