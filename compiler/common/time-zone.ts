// Converts the local time of a time zone to the instants at which its clocks showed that time.

import { invariant } from "./internal-error.ts";
import { daysSince1970 } from "./time-text.ts";

/**
 * Whether a zone is called so: `Europe/Berlin`, `UTC`. Short names are none: BST is Dhaka's to one list and London's to
 * everyone in London.
 */
export function isTimeZone(name: string): boolean {
  if (!TIME_ZONE.test(name)) return false;
  try {
    return formatOf(name) !== null;
  } catch {
    return false;
  }
}

/** What the name of a zone looks like. */
export const TIME_ZONE = /^(UTC|[A-Za-z_]+\/[A-Za-z0-9_+/-]+)$/;

const HOUR = 3600;
const DAY = 24 * HOUR;
/** No clock was ever farther from UTC: Manila and Alaska were almost as far. */
const FARTHEST = 16 * HOUR;
/** Clocks keep an offset for longer, so that looking as often misses none. */
const STEP = 8 * HOUR;

/** Of a clock that was put back the hours that it showed twice are two instants, of one put forward some are none. */
export class TimeZone {
  readonly name: string;
  private readonly format: Intl.DateTimeFormat;
  /** By STEP of the instant. */
  private readonly offsets = new Map<number, number>();
  /** By day that the clock shows: the offsets that may hold. */
  private readonly days = new Map<number, readonly number[]>();

  constructor(name: string) {
    this.name = name;
    this.format = formatOf(name);
  }

  /** Seconds since 1970 at which the clock shows `clock`, seconds since 1970 on that clock: earliest first, two at most. */
  instants(clock: number): readonly number[] {
    const offsets = this.offsetsAround(clock);
    if (offsets.length === 1) return [clock - offsets[0]!];
    return offsets
      .map((offset) => clock - offset)
      .filter((instant, i) => this.offsetAt(instant) === offsets[i])
      .sort((a, b) => a - b);
  }

  /** The first instant at which the clock shows `clock`, of a date the first of its day; null where it shows neither. */
  instantOf(clock: number, isDate: boolean): number | null {
    return this.instants(clock)[0] ?? (isDate ? this.startOfDay(clock) : null);
  }

  /** What the clock shows at an instant: seconds since 1970 on that clock. */
  clockAt(instant: number): number {
    return instant + this.offsetAt(Math.floor(instant));
  }

  /** The first instant of a day, which may be after midnight; null where the clock skips the day as a whole. */
  startOfDay(midnight: number): number | null {
    const [first] = this.instants(midnight);
    if (first !== undefined) return first;
    const offsets = this.offsetsAround(midnight);
    // The clock is put forward between these two.
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

/** How far a zone's clocks are from UTC. */
export interface ZoneOffsets {
  /** Ascending, in seconds since 1970: when the clocks were put to another offset. */
  readonly changes: readonly number[];
  /** Seconds that they are ahead of UTC: before the first change, from there on and before the second, … */
  readonly offsets: readonly number[];
}

/** By zone: each takes thousands of looks at a calendar. */
const known = new Map<string, ZoneOffsets>();

/** From 1990 to 2099, as this machine knows the zone. */
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
  // No zone changed its clocks twice in as few days since 1990.
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

/** Throws RangeError for what is no zone. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-US-u-ca-gregory-nu-latn", {
    timeZone,
    hourCycle: "h23",
    ...{ era: "short", year: "numeric", month: "numeric", day: "numeric" },
    ...{ hour: "numeric", minute: "numeric", second: "numeric" },
  });
}
