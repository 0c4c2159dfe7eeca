// Reads timestamps written as text. A text that does not determine the instant, such as 03/04/2026, is not
// read as a timestamp.

/** A time in a text: what a clock shows, and the clock's UTC offset if it is given. */
export interface TimeText {
  /** Seconds from 1970-01-01 00:00:00 to what the clock shows. */
  readonly clock: number;
  /** The nanoseconds after these, below 10⁹; fractional if there are more than nine digits. */
  readonly nanoseconds: number;
  /** Seconds that the clock is ahead of UTC; null if the text does not say. */
  readonly offset: number | null;
  /** Whether the text is only a date, which means its first instant. */
  readonly isDate: boolean;
}

/** Why a text is not a time: month and day are ambiguous, there is no such day or hour, or anything else. */
export type NoTime = "day_or_month" | "no_such_time" | "no_time";

const OFFSET = String.raw`(?: ?(Z|z|UTC|GMT|[-+−]\d\d(?::?\d\d(?::?\d\d)?)?))?`;
const EXTENDED = new RegExp(
  String.raw`^(\d{4}|[1-9]\d{4,5})([-/\\ ])(\d{1,2})\2(\d{1,2})( \(BC\))?(?:(?:[Tt]| +)(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d*))?)?${OFFSET})?$`,
);
const BASIC = new RegExp(String.raw`^(\d{4})(\d\d)(\d\d)[Tt](\d\d)(\d\d)(?:(\d\d)(?:[.,](\d*))?)?${OFFSET}$`);
const DAY_OR_MONTH = /^\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}(?!\d)/;

/** The last second of JavaScript's dates, less a few days for time zones. */
const LAST = 8.64e12 - 4 * 86_400;

/**
 * Reads ISO 8601 and RFC 3339, and DuckDB's other forms: `2026-03-04`, `2026/3/4 9:05`,
 * `2026-03-04T09:05:06.789+09:00`, `20260304T090506Z`.
 */
export function readTime(text: string): TimeText | NoTime {
  const trimmed = text.trim();
  const extended = EXTENDED.exec(trimmed);
  if (extended !== null) {
    const [, year, , month, day, bc, hour, minute, second, fraction, offset] = extended;
    // 10:1-01 is ambiguous.
    if (offset !== undefined && second === undefined && minute!.length < 2) return "no_time";
    // The year before 1 is 1 BC, in DuckDB's notation.
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

/** Tells whether people would read a text as a time, even an ambiguous one. */
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
  // 24:00 is the end of a day. No count of seconds since 1970 distinguishes a second 60 from the next one.
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
  // Too many nines would round it up to the next second.
  return Math.min(Number(`${digits.slice(0, 9)}.${digits.slice(9)}`), 999_999_999.9999999);
}

/** NaN for an impossible offset. */
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

/**
 * Uses the Gregorian calendar, also before its introduction. `Date.UTC` reads the years 0 to 99 differently.
 */
export function daysSince1970(year: number, month: number, day: number): number {
  // Years that begin in March have their leap day at the end.
  const y = month > 2 ? year : year - 1;
  const era = Math.floor(y / 400);
  const yearOfEra = y - 400 * era;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = 365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return 146_097 * era + dayOfEra - 719_468;
}
