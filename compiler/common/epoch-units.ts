// Finds the unit (seconds, milliseconds …) of numbers that count time since 1970. A number is a different
// time in each unit, and a time of recent decades in at most one.

export type EpochUnit = "seconds" | "milliseconds" | "microseconds" | "nanoseconds";

/** Parts of a second. */
export const parts: Readonly<Record<EpochUnit, number>> = {
  seconds: 1,
  milliseconds: 1e3,
  microseconds: 1e6,
  nanoseconds: 1e9,
};

const units = Object.keys(parts) as EpochUnit[];

/**
 * The years from 1990 to 2099 in seconds since 1970: no click logs are older, and none will be newer for
 * long.
 */
export const FIRST_EPOCH_SECOND = Date.UTC(1990, 0) / 1000;
const END = Date.UTC(2100, 0) / 1000;

/** The unit in which a number is a time from 1990 to 2099; null if there is none. */
export function epochUnit(number: number): EpochUnit | null {
  return (
    units.find((unit) => number >= FIRST_EPOCH_SECOND * parts[unit] && number < END * parts[unit]) ?? null
  );
}

/** An instant in the form for settings, in UTC and to the millisecond. */
export function instantText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

/** An instant for people, in UTC and to the second. */
export function shownInstant(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
}
