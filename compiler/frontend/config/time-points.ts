// Times in settings: a time, a day counted from today, or a number for columns that hold numbers.

import { readTime } from "../../common/time-text.ts";
import { TimeZone } from "../../common/time-zone.ts";

export type TimePoint =
  /** As written, in ISO 8601. */
  | { readonly kind: "time"; readonly text: string }
  /** The start of the day, this many days before today. */
  | { readonly kind: "days_ago"; readonly days: number }
  | { readonly kind: "number"; readonly value: number };

const DAY = 86_400;

/** Null if `given` isn't one. */
export function readTimePoint(given: unknown): TimePoint | null {
  if (typeof given === "number") return Number.isFinite(given) ? { kind: "number", value: given } : null;
  if (typeof given !== "string") return null;
  const text = given.trim();
  if (text === "today") return { kind: "days_ago", days: 0 };
  if (text === "yesterday") return { kind: "days_ago", days: 1 };
  const ago = /^(\d{1,5}) days? ago$/.exec(text);
  if (ago !== null) return { kind: "days_ago", days: Number(ago[1]) };
  if (/^-?\d+(\.\d+)?$/.test(text)) return { kind: "number", value: Number(text) };
  return typeof readTime(text) === "string" ? null : { kind: "time", text };
}

/**
 * In seconds since 1970. A time without a UTC offset is in `timeZone`; null is UTC. `now` is in milliseconds.
 */
export function instantOf(
  moment: Exclude<TimePoint, { readonly kind: "number" }>,
  timeZone: string | null,
  now: number,
): number {
  const zone = timeZone === null ? null : new TimeZone(timeZone);
  if (moment.kind === "days_ago") {
    const clock = zone === null ? now / 1000 : zone.clockAt(now / 1000);
    const today = Math.floor(clock / DAY) * DAY;
    return startOf(today - moment.days * DAY, zone);
  }
  const time = readTime(moment.text);
  if (typeof time === "string") return Number.NaN;
  const { clock, offset, nanoseconds } = time;
  const whole = offset !== null ? clock - offset : startOf(clock, zone);
  return whole + nanoseconds / 1e9;
}

/** The first instant at which the zone's clock shows this time, or a later time if the clock skips it. */
function startOf(clock: number, zone: TimeZone | null): number {
  if (zone === null) return clock;
  return zone.instants(clock)[0] ?? zone.startOfDay(clock) ?? clock;
}

/** Tells whether no time lies between `since` and `until`; false if that depends on the day of reading. */
export function isBackward(since: TimePoint, until: TimePoint): boolean {
  if (since.kind === "number" || until.kind === "number")
    return since.kind === "number" && until.kind === "number" && since.value >= until.value;
  if (since.kind !== until.kind) return false;
  return instantOf(since, null, 0) >= instantOf(until, null, 0);
}
