// Catalogue: what is said about the times that put events in order. Codes DIN0581–DIN0588.

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
    `\`${column}\` is ${value}, which counts ${unit} since 1970, but other rows count ${others}, like ${other}`,
  help: ({ others }) => `write all of them in ${others}`,
  explanation:
    "Numbers are put in order as they are. A time in milliseconds is a thousand times as large as the same one in seconds, and would come after all of these. A number counts the unit in which it is a time from 1990 to 2099; where most numbers of a column are such times, all of them have to be in one unit.",
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
    `\`${column}\` is ${value} here, while most rows count ${unit} since 1970, from 1990 to 2099${rows === 1 ? "" : ` (${rows.toLocaleString("en")} rows are like this)`}`,
  explanation:
    "Most numbers of the column are times of these decades, and a few are not: often a 0 or −1 that stands for a missing time. They are put in order as the numbers that they are, so such an event comes first among its user's. Leave the cell of a missing time empty; then it is reported, or left out, as any missing value is.",
});

export const timeSkipped = defineError<{ column: string; value: string; zone: string }>({
  code: "DIN0583",
  name: "local-time-skipped",
  message: ({ column, value, zone }) =>
    `\`${column}\` is ${value}, which no clock in ${zone} ever showed: it was put forward over that time`,
  explanation:
    "`time_zone` of dinc.yaml says where the clocks stand that wrote the times without a UTC offset. Where one is put forward in spring it skips an hour, so a time in that hour was not written by such a clock: most likely the zone is another one, or the log has UTC.",
});

export const timeTwice = defineWarning<{ column: string; value: string; zone: string }>({
  code: "DIN0584",
  name: "local-time-twice",
  message: ({ column, value, zone }) =>
    `\`${column}\` is ${value}, which clocks in ${zone} showed twice: the earlier time is taken`,
  explanation:
    "Where a clock is put back in autumn it shows an hour twice, and a time without a UTC offset does not say which of both it was. dinc takes the earlier one, so that within this hour events may come in another order than they happened. A log in UTC, or with offsets, does not have this hour.",
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
    `\`${column}\` is ${value}, without a UTC offset, and taken for UTC; ${withOffset.toLocaleString("en")} ${withOffset === 1 ? "row has" : "rows have"} one, ${without.toLocaleString("en")} ${without === 1 ? "has" : "have"} none`,
  help: () =>
    "set the zone of these clocks with `time_zone` in `events` of dinc.yaml: `time_zone: Europe/Berlin`",
  explanation:
    "A time with a UTC offset (`2026-03-01T09:00:00+09:00`, or `Z` for UTC) is an instant. One without is what some clock showed: UTC's, unless `time_zone` in `events` of dinc.yaml says which. Where a column has both kinds, they were often written by two programs, and the times without an offset may be local ones of a server.",
});
