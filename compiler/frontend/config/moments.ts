// Moments as settings write them: a time, a day that is counted from today, or a number for columns that hold numbers.

import { readTime } from "../../common/time-text.ts";
import { TimeZone } from "../../common/time-zone.ts";

export type Moment =
  /** As it is written, in ISO 8601. */
  | { readonly kind: "time"; readonly text: string }
  /** The beginning of the day so many days before today. */
  | { readonly kind: "days_ago"; readonly days: number }
  | { readonly kind: "number"; readonly value: number };

const DAY = 86_400;

/** Null where `given` is no moment. */
export function readMoment(given: unknown): Moment | null {
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

/** In seconds since 1970. A time without a UTC offset is one of `timeZone`; null is UTC. `now` is in milliseconds. */
export function instantOf(
  moment: Exclude<Moment, { readonly kind: "number" }>,
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

/** The first instant at which the zone's clock shows that, or after it where the clock skips it. */
function startOf(clock: number, zone: TimeZone | null): number {
  if (zone === null) return clock;
  return zone.instants(clock)[0] ?? zone.startOfDay(clock) ?? clock;
}

/** Whether nothing is from `since` on and before `until`; false where only the day of reading tells. */
export function isBackward(since: Moment, until: Moment): boolean {
  if (since.kind === "number" || until.kind === "number")
    return since.kind === "number" && until.kind === "number" && since.value >= until.value;
  if (since.kind !== until.kind) return false;
  return instantOf(since, null, 0) >= instantOf(until, null, 0);
}
