// Catalogue: the timestamps that order events, and times of rows and steps. Codes DIN0581–DIN0588 and DIN0879.

import { formatCount } from "../../common/format-count.ts";
import { defineError, defineWarning } from "./define.ts";

export const mixedUnits = defineError<{
  column: string;
  value: string;
  unit: string;
  others: string;
  other: string;
}>({
  code: "DIN0581",
  name: "mixed-time-units",
  message: ({ column, value, unit, others, other }) =>
    `\`${column}\` is ${value}, which counts ${unit} since 1970, but other rows count ${others}, such as ${other}`,
  help: ({ others }) => `write all of them in ${others}`,
  explanation:
    "Numbers are compared as they are. A time in milliseconds is a thousand times as large as the same time in seconds, and would come after all times in seconds. The unit of a number is the one in which it is a time from 1990 to 2099. If most numbers of a column are such times, all of them must be in one unit.",
});

export const outsideOfTimes = defineWarning<{
  column: string;
  value: string;
  unit: string;
  rows: number;
}>({
  code: "DIN0582",
  name: "number-outside-of-times",
  message: ({ column, value, unit, rows }) =>
    `\`${column}\` is ${value} here; most rows are ${unit} since 1970, between 1990 and 2099${rows === 1 ? "" : ` (${formatCount(rows)} rows are like this)`}`,
  explanation:
    "Most numbers of the column are times of these decades, but a few are not: often a 0 or −1 for a missing time. They are compared as numbers, so such an event comes before all others of its user. Leave the cell of a missing time empty; then it is reported, or left out, like any missing value.",
});

export const timeSkipped = defineError<{ column: string; value: string; zone: string }>({
  code: "DIN0583",
  name: "local-time-skipped",
  message: ({ column, value, zone }) => `\`${column}\` is ${value}, a time that clocks in ${zone} skipped`,
  explanation:
    "`time_zone` in dinc.yaml names the zone of times without a UTC offset. When clocks are put forward in spring, they skip an hour, so no clock in that zone can have written a time in that hour. Most likely the zone is another one, or the log is in UTC.",
});

export const timeTwice = defineWarning<{ column: string; value: string; zone: string }>({
  code: "DIN0584",
  name: "local-time-twice",
  message: ({ column, value, zone }) =>
    `\`${column}\` is ${value}, a time that clocks in ${zone} showed twice; dinc takes the earlier one`,
  explanation:
    "When clocks are put back in autumn they show an hour twice, and a time without a UTC offset may be either. dinc takes the earlier one, so the order of events within this hour may be wrong. A log in UTC, or with offsets, does not have this hour.",
});

export const offsetsMissing = defineWarning<{
  column: string;
  value: string;
  without: number;
  withOffset: number;
}>({
  code: "DIN0585",
  name: "utc-offsets-in-part",
  message: ({ column, value, without, withOffset }) =>
    `\`${column}\` is ${value}, without a UTC offset, so it counts as UTC; ${formatCount(withOffset)} ${withOffset === 1 ? "row has" : "rows have"} one, ${formatCount(without)} ${without === 1 ? "has" : "have"} none`,
  help: () =>
    "set the zone of these clocks with `time_zone` in `events` of dinc.yaml: `time_zone: Europe/Berlin`",
  explanation:
    "A time with a UTC offset (`2026-03-01T09:00:00+09:00`, or `Z` for UTC) is an instant. A time without one is the reading of a clock: in UTC, unless `time_zone` in `events` of dinc.yaml names a zone. If a column has both kinds, two programs often wrote them, and the times without an offset may be local times of a server.",
});

export const stepInTheFuture = defineError<{ history: string; now: string; seconds: number }>({
  code: "DIN0879",
  name: "step-in-the-future",
  message: ({ history, now, seconds }) =>
    `a step of \`${history}\` lies ${lasting(seconds)} after \`${now}\` of its row`,
  help: () => "leave out the steps that happened after the row",
  explanation:
    "A step after the row's own time was not known at that time. A model that learns from such steps looks good on past rows and fails on new ones, which have no such steps. The one `time` of `features context` is the row's own time. Histories of an event log, and those of `data.impressions`, end before their row.",
});

/** `3 hours`: whole units, the largest that fits. */
function lasting(seconds: number): string {
  const units = [
    [86_400, "day"],
    [3600, "hour"],
    [60, "minute"],
    [1, "second"],
  ] as const;
  const [size, unit] = units.find(([each]) => seconds >= each) ?? units[3]!;
  const count = Math.floor(seconds / size);
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
