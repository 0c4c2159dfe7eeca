// Catalogue: histories made from a log, and point-in-time tables. Codes DIN0850–DIN0859.

import { formatCount } from "../../common/format-count.ts";
import { defineError, defineWarning, withHelps } from "./define.ts";

const IMPRESSIONS =
  "`data.impressions` of dinc.yaml makes the histories of rows from a log: the steps of a row are the events of its user strictly before it.";

const quoted = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ");

export const pastOfNoHistory = defineError<{
  name: string;
  near: string | null;
  histories: readonly string[];
}>({
  code: "DIN0850",
  name: "past-of-no-history",
  message: ({ name }) => `the spec has no history \`${name}\`, which \`data.impressions.histories\` names`,
  help: ({ near, histories }) =>
    near !== null
      ? `did you mean \`${near}\`?`
      : histories.length === 0
        ? "declare it in the spec: `history clicks(max: 50) { item_id <-> hist_item_id }`"
        : `the histories of the spec are ${quoted(histories)}`,
  explanation: `${IMPRESSIONS} \`histories\` says, for each history of the spec, which events are its steps.`,
});

export const impressionsWithoutTime = defineError<object>({
  code: "DIN0851",
  name: "impressions-without-time",
  message: () => "`data.impressions` needs the column that has the time of each row",
  help: () => "name it: `time: COLUMN`",
  explanation: `${IMPRESSIONS} Without the time of a row, it is unknown which events came before it.`,
});

export const gapWithoutItem = defineError<{ history: string }>({
  code: "DIN0852",
  name: "gap-without-item",
  message: ({ history }) =>
    `\`gap\` leaves out repetitions of the same item, but no setting says which column of the log of \`${history}\` has the item`,
  help: () => "name it: `item: COLUMN` in `data.impressions`",
  explanation: `${IMPRESSIONS} With \`gap\`, an event is a repetition, such as a double click, if it has the same user and item as the last event that counts and follows it within that time.`,
});

export const scalesDiffer = defineError<{
  column: string;
  scale: "times" | "numbers";
  other: string;
  path: string;
}>({
  code: "DIN0853",
  name: "times-and-numbers",
  message: ({ column, scale, other, path }) =>
    scale === "times"
      ? `\`${column}\` has times, but \`${other}\` of ${path} has numbers that are not times`
      : `\`${column}\` has numbers that are not times, but \`${other}\` of ${path} has times`,
  help: () => "write times in both, as 2026-11-26T09:05:06Z or as seconds or milliseconds since 1970",
  explanation: `${IMPRESSIONS} So dinc compares the times of rows, logs and tables with each other. Times may be written in different ways, for example as text here and as milliseconds there. But a number such as 17, which counts something else, is neither before nor after a time.`,
});

export const durationOfOther = withHelps(
  defineError<{ key: string; text: string; isTime: boolean; column: string }>({
    code: "DIN0854",
    name: "duration-of-another-kind",
    message: ({ key, text, isTime, column }) =>
      isTime
        ? `\`${key}: ${text}\` is a time span, but \`${column}\` has numbers that are not times`
        : `\`${key}: ${text}\` has no unit, but \`${column}\` has times`,
    explanation:
      "If events have times, `delay`, `window` and `gap` are time spans with a unit: `30 s`, `10 min`, `2 h`, `7 d`. If other numbers order the events, such as sequence numbers, they are plain numbers.",
  }),
  {
    withUnit: (text: string) => `write \`${text} s\`, \`${text} min\`, \`${text} h\` or \`${text} d\``,
    withoutUnit: () => "write a number without a unit",
  },
);

export const keyNotYet = defineError<{
  table: string;
  path: string;
  column: string;
  value: string;
  isKnown: boolean;
  asOf: string | null;
}>({
  code: "DIN0855",
  name: "key-not-yet-there",
  message: ({ table, path, column, value, isKnown, asOf }) =>
    isKnown
      ? `\`${column}\` is ${value}, and the table \`${table}\` (${path}) has only rows with a later \`${asOf}\` for it`
      : `\`${column}\` is ${value}, and the table \`${table}\` (${path}) has no row for it`,
  help: () =>
    "add the row, or state a value for missing values in the spec: `id(missing: unknown)`, `number(missing: 0)`",
  explanation: `A table of \`data.impressions.tables\` gives each row of the data one row, by its key. With \`as_of\` it is the newest row that is not later than the row of the data, so that no value is known too early. If there is none, the features of the table are missing. ${IMPRESSIONS}`,
});

export const keyTwiceAtOnce = defineError<{ key: string; value: string; asOf: string; first: string }>({
  code: "DIN0856",
  name: "key-twice-at-once",
  message: ({ key, value, asOf, first }) =>
    `\`${key}\` is ${value} again with the same \`${asOf}\`, as in ${first}`,
  help: () => "remove one of the rows: it is unclear which of them is right",
  explanation:
    "A table with `as_of` has several rows per key, and each is valid from its time until the next one. Two rows with the same time contradict each other.",
});

export const whereNoNumber = defineError<{ column: string; value: string; rule: string }>({
  code: "DIN0857",
  name: "where-no-number",
  message: ({ column, value, rule }) =>
    `\`${column}\` is ${value}, which is not a number and cannot be compared with \`${rule}\``,
  explanation: `${IMPRESSIONS} \`where\` says which events count. A comparison such as \`">= 4"\` needs numbers; an event with an empty cell does not count.`,
});

export const noPast = defineWarning<{
  history: string;
  path: string;
  events: number;
  where: string | null;
}>({
  code: "DIN0858",
  name: "no-past",
  message: ({ history, path, events, where }) =>
    events === 0 && where !== null
      ? `\`${history}\` is empty in every row: no event of ${path} has ${where}`
      : `\`${history}\` is empty in every row: none of the ${formatCount(events)} events of ${path} belongs to a user of these rows and comes before one of them`,
  help: () => "compare the users of the rows with those of the log, how both are written, and their times",
  explanation: `${IMPRESSIONS} If no row has a single step, most likely users are written in two ways, the log begins after the rows, or \`where\` names a value that does not occur.`,
});
