// What clocks show of times: as calendars have it, whatever way a time is given in; and what is no time.

import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { zoneOffsets } from "../../compiler/common/time-zone.ts";
import { ClockIds } from "../../compiler/serve/clocks.ts";
import { FIRST_KNOWN_ID, NOT_AN_ID } from "../../compiler/serve/features.ts";

type Part = ConstructorParameters<typeof ClockIds>[0];

function clock(part: Part, zone: string): ClockIds {
  const { changes, offsets } = zoneOffsets(zone);
  return new ClockIds(part, changes, offsets);
}

/** What a clock shows, from 0. */
const shown = (part: Part, zone: string, value: unknown) => clock(part, zone).idOf(value) - FIRST_KNOWN_ID;

test.each([
  "UTC",
  "Europe/Berlin",
  "America/St_Johns",
  "Asia/Kathmandu",
  "Australia/Lord_Howe",
  "Africa/Casablanca",
  "Pacific/Apia",
  "Antarctica/Troll",
])("%s: at every time from 1990 to 2099 what its calendar shows", (zone) => {
  const calendar = new Intl.DateTimeFormat("en-US", {
    ...{ timeZone: zone, hourCycle: "h23" },
    ...{ month: "numeric", weekday: "short", hour: "numeric" },
  });
  const clocks = (["hour", "weekday", "hour_of_week", "month"] as const).map((part) => clock(part, zone));
  const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
  const isAsCalendar = (time: number) => {
    const parts = new Map(calendar.formatToParts(time).map(({ type, value }) => [type, value]));
    const [hour, day] = [Number(parts.get("hour")), days.indexOf(parts.get("weekday")!)];
    const expected = [hour, day, 24 * day + hour, Number(parts.get("month")) - 1];
    for (const value of [time, BigInt(time), new Date(time), new Date(time).toISOString()])
      expect(clocks.map((each) => each.idOf(value) - FIRST_KNOWN_ID)).toEqual(expected);
  };
  const { changes } = zoneOffsets(zone);
  for (const change of changes) for (const off of [-1, 0]) isAsCalendar((change + off) * 1000);
  const [first, last] = [Date.UTC(1990, 0), Date.UTC(2100, 0) - 1];
  fc.assert(fc.property(fc.integer({ min: first, max: last }), isAsCalendar));
  isAsCalendar(first);
  isAsCalendar(last);
});

describe("a time may be given", () => {
  it.each([
    "2026-03-29T01:30:00Z",
    "2026-03-29 01:30:00",
    "2026-03-29 01:30",
    "2026-03-29T03:30:00.999999+02:00",
    "2026-03-28 21:30:00-0400",
    "2026-03-29 02:30:00+01",
    "1774747800",
    "1774747800.5",
    1774747800,
    1774747800_999,
    1774747800_000_000,
    1774747800_000_000_000n,
    new Date("2026-03-29T01:30:00Z"),
  ])("as %o: it is half past three in Berlin, on a Sunday", (value) => {
    expect(shown("hour", "Europe/Berlin", value)).toBe(3);
    expect(shown("weekday", "Europe/Berlin", value)).toBe(6);
    expect(shown("hour_of_week", "Europe/Berlin", value)).toBe(6 * 24 + 3);
    expect(shown("hour", "UTC", value)).toBe(1);
  });

  it.each(["America/Los_Angeles", "Pacific/Kiritimati"])("as a date: it is that day in %s too", (zone) => {
    expect(shown("weekday", zone, "2026-03-01")).toBe(6);
    expect(shown("month", zone, "2026-03-01")).toBe(2);
    expect(shown("hour", zone, "2026-03-01")).toBe(0);
  });
});

describe("no time", () => {
  it.each([
    ...["", " ", "now", "03/04/2026", "2026-02-29", "2026-13-01", "2026-03-04T24:00:00Z", "2026-03-04T09:60"],
    ...["2026-03-04T09:05:60Z", "2026-03-04T09:05+25:00", "1989-12-31", "2100-01-01T00:00:00Z", "2026", "-1"],
    ...["2026-03-04T09:05:06Z\n", " 2026-03-04", "1e12"],
    ...[0, -1, 9, 1e18 * 5, 630_000_000, Number.NaN, Number.POSITIVE_INFINITY, 10n ** 30n],
    ...[true, {}, [], [1774747800], new Date(Number.NaN), new Date(0)],
  ])("is %o", (value) => {
    const hours = clock("hour", "UTC");
    expect(hours.idOf(value)).toBe(NOT_AN_ID);
    expect(hours.whyNot(value)).toMatch(/^must be a time from 1990 to 2099/);
  });

  it.each([null, undefined])("is %o, which is missing", (value) => {
    const hours = clock("hour", "UTC");
    expect(hours.idOf(value)).toBe(NOT_AN_ID);
    expect(hours.whyNot(value)).toBe("is missing");
  });
});
