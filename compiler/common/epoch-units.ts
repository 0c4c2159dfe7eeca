// Finds the unit (seconds, milliseconds …) of numbers that count time since 1970. The same number is a
// different time in each unit, and a time of these decades in at most one.

export type EpochUnit = "seconds" | "milliseconds" | "microseconds" | "nanoseconds";

/** Of a second. */
export const parts: Readonly<Record<EpochUnit, number>> = {
  seconds: 1,
  milliseconds: 1e3,
  microseconds: 1e6,
  nanoseconds: 1e9,
};

const units = Object.keys(parts) as EpochUnit[];

/** The years from 1990 to 2099, as seconds since 1970: nobody logged clicks before, or will soon. */
export const FIRST_EPOCH_SECOND = Date.UTC(1990, 0) / 1000;
const END = Date.UTC(2100, 0) / 1000;

/** The unit in which a number is a time from 1990 to 2099; null where no unit makes it one. */
export function epochUnit(number: number): EpochUnit | null {
  return (
    units.find((unit) => number >= FIRST_EPOCH_SECOND * parts[unit] && number < END * parts[unit]) ?? null
  );
}

/** An instant as settings take it, in UTC and to the millisecond. */
export function instantText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

/** An instant for people, in UTC and to the second. */
export function shownInstant(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
}
