// The calendar of a zone: periods follow each other without a gap and have the names that its clocks show.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Calendar, PERIODS, type Period } from "../../compiler/common/calendar.ts";
import { TimeZone } from "../../compiler/common/time-zone.ts";

const seconds = (text: string) => Date.parse(text) / 1000;
const at = (period: Period, zone: string | null, instant: string) => {
  const { name, since, until } = new Calendar(period, zone).at(seconds(instant));
  return [name, (until - since) / 3600];
};

describe("a period", () => {
  test.each<[Period, string | null, string, string, number]>([
    ["day", null, "2026-10-25T23:59:59Z", "2026-10-25", 24],
    ["day", "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25", 25],
    ["day", "Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29", 23],
    ["day", "Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29", 24],
    ["day", "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31", 24],
    // Midnight is skipped.
    ["day", "Africa/Cairo", "2026-04-23T22:00:00Z", "2026-04-24", 23],
    ["hour", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T02+0200", 1],
    ["hour", "Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-25T02+0100", 1],
    ["hour", "Europe/Berlin", "2026-10-25T02:30:00Z", "2026-10-25T03", 1],
    ["hour", "Australia/Lord_Howe", "2026-04-04T14:50:00Z", "2026-04-05T01+1100", 1],
    ["hour", "Australia/Lord_Howe", "2026-04-04T15:10:00Z", "2026-04-05T01+1030", 0.5],
    ["hour", "Asia/Kolkata", "2026-10-25T00:00:00Z", "2026-10-25T05", 1],
    ["week", "Europe/Berlin", "2026-10-25T12:00:00Z", "2026-W43", 169],
    ["week", null, "2027-01-03T12:00:00Z", "2026-W53", 168],
    ["week", null, "1969-12-31T12:00:00Z", "1970-W01", 168],
    ["month", "Europe/Berlin", "2026-10-31T22:59:59Z", "2026-10", 31 * 24 + 1],
    ["month", null, "2024-02-29T12:00:00Z", "2024-02", 29 * 24],
  ])("%s in %s at %s", (period, zone, instant, name, hours) => {
    expect(at(period, zone, instant)).toEqual([name, hours]);
  });
});

const zones = ["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia"];
const more = ["Africa/Cairo", "America/Sao_Paulo", "Asia/Kathmandu", "Africa/Casablanca", "Asia/Gaza"];

test("periods follow each other, and an instant is in one of them", () => {
  const zone = fc.constantFrom(...zones, ...more);
  const instant = fc.integer({ min: seconds("1990-01-01T00:00:00Z"), max: seconds("2040-01-01T00:00:00Z") });
  fc.assert(
    fc.property(fc.constantFrom(...PERIODS), zone, instant, (period, name, from) => {
      const calendar = new Calendar(period, name);
      const clock = new TimeZone(name);
      let here = calendar.at(from);
      expect(here.since <= from && from < here.until).toBe(true);
      expect(new Calendar(period, name).at(here.since)).toEqual(here);
      expect(new Calendar(period, name).at(here.until - 1)).toEqual(here);
      for (let i = 0; i < 4; i++) {
        const next = calendar.at(here.until);
        expect(next.since).toBe(here.until);
        expect(next.name).not.toBe(here.name);
        const shown = new Date(clock.clockAt(next.since) * 1000).toISOString();
        if (period !== "week") expect(shown.startsWith(next.name.slice(0, 13))).toBe(true);
        here = next;
      }
    }),
    { numRuns: 300 },
  );
});
