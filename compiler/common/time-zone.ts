// Converts the local time of a time zone to the instants at which its clocks showed that time.

import { invariant } from "./internal-error.ts";
import { daysSince1970 } from "./time-text.ts";

/**
 * Tells whether a zone has this name: `Europe/Berlin`, `UTC`. Short names are refused, because they are
 * ambiguous: BST is Dhaka's time in one list and London's for everyone in London.
 */
export function isTimeZone(name: string): boolean {
  if (!TIME_ZONE.test(name)) return false;
  try {
    return formatOf(name) !== null;
  } catch {
    return false;
  }
}

/** The form of a zone's name. */
export const TIME_ZONE = /^(UTC|[A-Za-z_]+\/[A-Za-z0-9_+/-]+)$/;

const HOUR = 3600;
const DAY = 24 * HOUR;
/** No clock was ever farther from UTC; Manila and Alaska came close. */
const FARTHEST = 16 * HOUR;
/** Clocks keep an offset for longer, so sampling at this interval misses none. */
const STEP = 8 * HOUR;

/**
 * A time zone. An hour repeated by clocks put back has two instants; an hour skipped by clocks put forward
 * has none.
 */
export class TimeZone {
  readonly name: string;
  private readonly format: Intl.DateTimeFormat;
  /** By instant, in units of STEP. */
  private readonly offsets = new Map<number, number>();
  /** By local day: the possible offsets. */
  private readonly days = new Map<number, readonly number[]>();

  constructor(name: string) {
    this.name = name;
    this.format = formatOf(name);
  }

  /**
   * The instants, in seconds since 1970, at which the clock shows `clock` (seconds since 1970 in local time):
   * at most two, earliest first.
   */
  instants(clock: number): readonly number[] {
    const offsets = this.offsetsAround(clock);
    if (offsets.length === 1) return [clock - offsets[0]!];
    return offsets
      .map((offset) => clock - offset)
      .filter((instant, i) => this.offsetAt(instant) === offsets[i])
      .sort((a, b) => a - b);
  }

  /**
   * The first instant at which the clock shows `clock`, or for a date the first of its day; null if there is
   * none.
   */
  instantOf(clock: number, isDate: boolean): number | null {
    return this.instants(clock)[0] ?? (isDate ? this.startOfDay(clock) : null);
  }

  /** The local time of an instant, in seconds since 1970 on that clock. */
  clockAt(instant: number): number {
    return instant + this.offsetAt(Math.floor(instant));
  }

  /** The first instant of a day, which may be after midnight; null if the clock skips the whole day. */
  startOfDay(midnight: number): number | null {
    const [first] = this.instants(midnight);
    if (first !== undefined) return first;
    const offsets = this.offsetsAround(midnight);
    // The clock is put forward between these two instants.
    let before = midnight - Math.max(...offsets) - 1;
    let behind = midnight - Math.min(...offsets);
    while (behind - before > 1) {
      const middle = Math.floor((before + behind) / 2);
      if (middle + this.offsetAt(middle) < midnight) before = middle;
      else behind = middle;
    }
    return behind + this.offsetAt(behind) < midnight + DAY ? behind : null;
  }

  private offsetsAround(clock: number): readonly number[] {
    const day = Math.floor(clock / DAY);
    const known = this.days.get(day);
    if (known !== undefined) return known;
    const offsets = new Set<number>();
    const last = Math.ceil(((day + 1) * DAY + FARTHEST) / STEP);
    for (let step = Math.floor((day * DAY - FARTHEST) / STEP); step <= last; step++)
      offsets.add(this.offsetOfStep(step));
    const found = [...offsets];
    this.days.set(day, found);
    return found;
  }

  private offsetOfStep(step: number): number {
    const known = this.offsets.get(step);
    if (known !== undefined) return known;
    const offset = this.offsetAt(step * STEP);
    this.offsets.set(step, offset);
    return offset;
  }

  /** Seconds that the clock is ahead of UTC. */
  private offsetAt(instant: number): number {
    const shown = new Map<string, string>();
    for (const { type, value } of this.format.formatToParts(instant * 1000)) shown.set(type, value);
    const part = (type: string) => {
      const number = Number(shown.get(type));
      invariant(Number.isInteger(number), `a clock shows ${shown.get(type)} as its ${type}`);
      return number;
    };
    const year = shown.get("era") === "BC" ? 1 - part("year") : part("year");
    const days = daysSince1970(year, part("month"), part("day"));
    return DAY * days + HOUR * part("hour") + 60 * part("minute") + part("second") - instant;
  }
}

/** The UTC offsets of a zone's clocks. */
export interface ZoneOffsets {
  /** The instants at which the offset changes, in seconds since 1970, ascending. */
  readonly changes: readonly number[];
  /** The seconds ahead of UTC: before the first change, between the first and the second, … */
  readonly offsets: readonly number[];
}

/** By zone, because computing them takes thousands of calendar lookups. */
const known = new Map<string, ZoneOffsets>();

/** From 1990 to 2099, by this machine's time zone data. */
export function zoneOffsets(name: string): ZoneOffsets {
  const found = known.get(name) ?? changesOf(new TimeZone(name));
  known.set(name, found);
  return found;
}

function changesOf(zone: TimeZone): ZoneOffsets {
  const offsetAt = (instant: number) => zone.clockAt(instant) - instant;
  const first = Date.UTC(1990, 0) / 1000;
  const end = Date.UTC(2100, 0) / 1000;
  const changes: number[] = [];
  const offsets = [offsetAt(first)];
  // Since 1990 no zone has changed its clocks twice within these days.
  for (let from = first; from < end; from += 2 * DAY) {
    const after = offsetAt(from + 2 * DAY);
    if (after === offsets.at(-1)) continue;
    let before = from;
    let behind = from + 2 * DAY;
    while (behind - before > 1) {
      const middle = Math.floor((before + behind) / 2);
      if (offsetAt(middle) === offsets.at(-1)) before = middle;
      else behind = middle;
    }
    changes.push(behind);
    offsets.push(after);
  }
  return { changes, offsets };
}

/** Throws RangeError for an unknown zone. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-US-u-ca-gregory-nu-latn", {
    timeZone,
    hourCycle: "h23",
    ...{ era: "short", year: "numeric", month: "numeric", day: "numeric" },
    ...{ hour: "numeric", minute: "numeric", second: "numeric" },
  });
}
