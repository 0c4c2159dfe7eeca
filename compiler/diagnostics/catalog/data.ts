// Catalogue: what can be wrong with dinc.yaml and with the data it names. Codes DIN0520–DIN0579.

import { defineError, defineWarning } from "./define.ts";

// ---- dinc.yaml and --set

export const configSyntax = defineError<{ reason: string }>({
  code: "DIN0520",
  name: "config-syntax",
  message: ({ reason }) => `these settings cannot be read: ${reason}`,
  explanation:
    "dinc.yaml is YAML 1.2. Indent with spaces, put a space after every colon, quote text with special signs.",
});

export const unknownKey = defineError<{ key: string; known: readonly string[] }>({
  code: "DIN0521",
  name: "unknown-config-key",
  message: ({ key, known }) => `\`${key}\` is not a setting here; known are ${known.join(", ")}`,
  explanation:
    "A misspelt setting that is silently ignored is found after the training, if ever. So dinc.yaml and --set may hold only settings that dinc knows.",
});

export const wrongSetting = defineError<{ key: string; expected: string; got: string }>({
  code: "DIN0522",
  name: "wrong-setting",
  message: ({ key, expected, got }) => `\`${key}\` must be ${expected}, not ${got}`,
  explanation: "Each setting of dinc.yaml has a type and a range; --set takes values in the same notation.",
});

export const missingSetting = defineError<{ key: string }>({
  code: "DIN0523",
  name: "missing-setting",
  message: ({ key }) => `\`${key}\` is missing`,
  explanation: "Without this setting the others around it do not say where the rows come from.",
});

export const rowsAndEvents = defineError<{ rows: string }>({
  code: "DIN0524",
  name: "rows-and-events",
  message: ({ rows }) => `\`data\` has both \`${rows}\` and \`events\``,
  explanation:
    "Rows either lie ready in files (`train`, `valid`, `test`) or are made from an event log (`events`, with `items`, `users` and `examples`). With both, dinc would have to guess which ones count.",
});

export const noData = defineError<Record<never, never>>({
  code: "DIN0525",
  name: "no-data",
  message: () => "`data` names neither ready rows nor an event log",
  explanation:
    "Give `train:` (and `valid:`, `test:`) for ready rows, or `events:` for a log that rows are made from.",
});

export const environmentMissing = defineError<{ name: string }>({
  code: "DIN0526",
  name: "environment-variable-missing",
  message: ({ name }) => `the environment variable ${name} is not set`,
  explanation:
    "A name in braces after a dollar sign stands for an environment variable in a path. After `:-` the braces may hold a text for where the variable is not set.",
});

export const setMalformed = defineError<{ argument: string; reason: string }>({
  code: "DIN0527",
  name: "set-malformed",
  message: ({ argument, reason }) => `--set ${argument}: ${reason}`,
  explanation:
    "--set takes a setting of dinc.yaml, its parts joined by dots, `=` and a value: `--set train.epochs=3`.",
});

export const dataFileMissing = defineError<{ path: string; reason: string }>({
  code: "DIN0528",
  name: "data-file-missing",
  message: ({ path, reason }) => `cannot read ${path}: ${reason}`,
  explanation:
    "Paths in dinc.yaml are relative to `data.dir`, and `data.dir` to the folder of dinc.yaml; one given by `--set data.dir=…` is relative to the working directory.",
});

// ---- Files and columns

export const unknownFormat = defineError<{ path: string }>({
  code: "DIN0540",
  name: "unknown-data-format",
  message: ({ path }) => `${path} has no ending that says what it is`,
  explanation:
    "The ending tells the format: .csv, .tsv, .parquet, .jsonl or .ndjson (JSON Lines), .json; .gz after it where the file is packed.",
});

export const malformedFile = defineError<{ reason: string }>({
  code: "DIN0541",
  name: "malformed-data-file",
  message: ({ reason }) => `this file cannot be read on: ${reason}`,
  explanation:
    "A CSV has as many values in each line as in its first, which names the columns; all files are UTF-8.",
});

export const fileChanged = defineError<Record<never, never>>({
  code: "DIN0565",
  name: "file-changed",
  message: () => "this file was written to while it was read",
  explanation:
    "What was read is neither what the file held before nor what it holds now. Write a file under another name and rename it when it is complete; then nobody ever reads half of it.",
});

export const rowsMissing = defineError<{ read: number; rows: number }>({
  code: "DIN0566",
  name: "rows-missing",
  message: ({ read, rows }) =>
    `this file has ${rows.toLocaleString("en")} rows, but ${read.toLocaleString("en")} could be read`,
  explanation:
    "A Parquet file says how many rows it has, and the rows of other files are counted. Where another number comes out of reading, the file is damaged, and nothing is learned from a part of it.",
});

export const noRows = defineError<{ what: string }>({
  code: "DIN0542",
  name: "no-rows",
  message: ({ what }) => `there are no rows to read: ${what}`,
  explanation: "Nothing can be learned from or measured on a file without rows.",
});

export const missingColumn = defineError<{ column: string; use: string }>({
  code: "DIN0543",
  name: "missing-column",
  message: ({ column, use }) => `the data has no column \`${column}\`, which ${use}`,
  explanation:
    "A feature is read from the column of its name, a history field from the column that its binding names (`item_id <-> hist_item_id`) or of its own name (`dwell : number`), a label from the column of its name. Upper and lower case count.",
});

export const wrongColumnType = defineError<{ column: string; expected: string; got: string }>({
  code: "DIN0544",
  name: "wrong-column-type",
  message: ({ column, expected, got }) => `the column \`${column}\` must hold ${expected}, but is ${got}`,
  explanation:
    "A history column holds lists (Parquet, JSON) or one text a row with the steps between separators (CSV); a column of a set holds such lists too, or texts with its values between separators, and in a history a list of them; every other column holds one value a row.",
});

// ---- Values

export const missingValue = defineError<{ column: string }>({
  code: "DIN0545",
  name: "missing-value",
  message: ({ column }) => `\`${column}\` has no value here`,
  explanation:
    "A missing value (an empty cell of a CSV, a null) is neither an unknown id nor the number 0; what it counts as is for you to say: `id(missing: unknown)` makes it the unknown id, `number(missing: 0)` a number, in training and in serving alike. An empty history is fine: it is an empty list, or an empty text in CSV.",
});

export const idOutOfRange = defineError<{ feature: string; column: string; value: string; size: number }>({
  code: "DIN0546",
  name: "id-out-of-range",
  message: ({ feature, column, value, size }) =>
    `\`${column}\` is ${value}, but \`${feature} : id(size: ${size})\` holds 0 to ${size - 1}`,
  explanation:
    "`id(size: n)` holds the whole numbers 0 … n − 1, so n is the largest id plus one. A vocabulary that is counted instead (three different items, numbered 1, 2, 3) is one too small: the largest id then reads after the end of its table.",
});

export const valueNotListed = defineError<{ feature: string; column: string; value: string; values: string }>(
  {
    code: "DIN0547",
    name: "value-not-in-enum",
    message: ({ feature, column, value, values }) =>
      `\`${column}\` is ${value}, which \`${feature} : enum(${values})\` does not list`,
    explanation:
      "An enum is closed: every value of the training and test rows must be listed, spelt the same.",
  },
);

export const intOutOfRange = defineError<{
  feature: string;
  column: string;
  value: string;
  low: number;
  high: number;
}>({
  code: "DIN0548",
  name: "int-out-of-range",
  message: ({ feature, column, value, low, high }) =>
    `\`${column}\` is ${value}, which is outside \`${feature} : int(${low}..${high})\``,
  explanation: "`int(a..b)` holds the whole numbers from a to b, both included.",
});

export const notAnId = defineError<{ column: string; value: string }>({
  code: "DIN0549",
  name: "not-an-id",
  message: ({ column, value }) => `\`${column}\` is ${value}, which cannot be an id`,
  explanation:
    "Ids are texts or whole numbers. A number with a fraction is not an id, and a floating-point number above 2⁵³ may stand for several ids; store such ids as 64-bit integers or as text.",
});

export const notANumber = defineError<{ column: string; value: string }>({
  code: "DIN0550",
  name: "not-a-number",
  message: ({ column, value }) => `\`${column}\` is ${value}, which is not a finite number`,
  explanation:
    "A number feature takes finite numbers only: one infinite or missing value would make every weight NaN.",
});

export const negativeLog1p = defineError<{ column: string; value: number }>({
  code: "DIN0551",
  name: "negative-under-log1p",
  message: ({ column, value }) => `\`${column}\` is ${value}, and \`log1p\` takes no negative numbers`,
  explanation:
    "log1p(x) = log(1 + x) is meant for amounts and counts, from 0 on. At −1 it has no value any more.",
});

export const labelNotBinary = defineError<{ label: string; value: string; kind: string; holds: string }>({
  code: "DIN0552",
  name: "label-not-binary",
  message: ({ label, value, kind, holds }) =>
    `the label \`${label}\` is ${value}; a ${kind} label is ${holds}`,
  explanation: "The binary cross-entropy is computed from labels 0 and 1 (true and false count as those).",
});

export const historyLengths = defineError<{
  history: string;
  first: string;
  steps: number;
  second: string;
  others: number;
}>({
  code: "DIN0553",
  name: "history-lengths-differ",
  message: ({ history, first, steps, second, others }) =>
    `a step of \`${history}\` has one value of each column, but \`${first}\` has ${steps} ${steps === 1 ? "value" : "values"} here and \`${second}\` ${others}`,
  explanation:
    "The columns of a history are read side by side, the latest step last (first with `steps: latest_first` in dinc.yaml); where their lengths differ, items would meet the categories of other items.",
});

// ---- Event logs

export const keyTwice = defineError<{ key: string; value: string; first: number }>({
  code: "DIN0554",
  name: "key-twice",
  message: ({ key, value, first }) => `\`${key}\` is ${value} again, as in row ${first}`,
  explanation:
    "The items and the users table have one row a key: with two, an item would have two categories.",
});

export const keyUnknown = defineError<{ column: string; value: string; table: string }>({
  code: "DIN0555",
  name: "key-unknown",
  message: ({ column, value, table }) => `\`${column}\` is ${value}, which ${table} has no row for`,
  explanation:
    "Item features come from the items table, user features from the users table; every event needs its rows there.",
});

export const notAnOrder = defineError<{ column: string; value: string; others: string }>({
  code: "DIN0556",
  name: "not-an-order",
  message: ({ column, value, others }) =>
    `\`${column}\` is ${value}, which cannot be put in order with ${others}`,
  explanation:
    "The column that orders events holds numbers, or dates and times, in every row alike. Times are written `2026-03-04`, `2026-03-04 09:05:06.789` or `2026-03-04T09:05:06+09:00`, the year first: of 03/04/2026 nobody can say whether it is in March or in April. Events of equal order keep the order of their rows in the file.",
});

export const nothingToSample = defineError<{ user: string; items: number }>({
  code: "DIN0557",
  name: "nothing-left-to-sample",
  message: ({ user, items }) => `user ${user} touched all ${items} items, so no negative can be drawn`,
  explanation:
    "A negative is an item that the user never touched. Give an items table with more items than the log shows, or drop such users.",
});

export const noExamples = defineError<{ split: string; users: number }>({
  code: "DIN0558",
  name: "no-examples",
  message: ({ split, users }) =>
    `the events of ${users} ${users === 1 ? "user" : "users"} give no ${split === "train" ? "training" : split} rows`,
  explanation:
    "leave_last_out needs two events of a user for a test row and three for a training row: the first one is history only, the last one test only.",
});

export const oneLabelOnly = defineError<{ labels: string }>({
  code: "DIN0559",
  name: "events-give-one-label",
  message: ({ labels }) => `an event log gives one label, but the model has ${labels}`,
  explanation:
    "In `positives: each_event` what happened is 1 and a sampled item is 0. Several labels need ready rows.",
});

export const otherSeparator = defineError<{ separator: string; expected: string; names: number }>({
  code: "DIN0560",
  name: "other-separator",
  message: ({ separator, expected, names }) =>
    `the first line has no ${expected}, but ${names} names with ${separator} between them`,
  explanation:
    "Values lie between commas in a .csv and between tabs in a .tsv. Read with the wrong sign the whole line is one column, and every column of the model would be missing.",
});

/** Added to the message about the first of several values of a column that have the same mistake. */
export function furtherRows(count: number): string {
  return count === 0 ? "" : ` (and ${count} more like this)`;
}

// ---- rows of several splits

export const sameFile = defineWarning<{ setting: string; other: string }>({
  code: "DIN0595",
  name: "splits-of-one-file",
  message: ({ setting, other }) => `\`${setting}\` and \`${other}\` are one file`,
  explanation:
    "A model has learned the labels of its training rows, so that it predicts these better than any others; what is measured on them says nothing about rows to come. The same holds for an early stop that goes by them: it never stops. Validation rows can be taken from the training rows by `data.validate`; test rows are best those of a later day.",
});

export const rowsShared = defineWarning<{
  shared: number;
  rows: number;
  isExact: boolean;
  what: string;
  as: string;
  path: string;
}>({
  code: "DIN0596",
  name: "rows-in-two-splits",
  message: ({ shared, rows, isExact, what, as, path }) =>
    `${isExact ? "" : "about "}${shared.toLocaleString("en")} of these ${rows.toLocaleString("en")} ${what} rows are ${as} rows, too (${path})`,
  explanation:
    "What dinc reads of a row, its label included, is the same in both files. A model has learned the labels of its training rows, so that what is measured on them says nothing about rows to come. Rows are compared by a hash of what is read of them, of large files a sample. Where training rows are often alike among themselves, as in a table of few values, this is not said.",
});
