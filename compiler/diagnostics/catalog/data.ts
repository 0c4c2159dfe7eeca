// Catalogue: dinc.yaml and the data that it names. Codes DIN0520–DIN0579 and DIN0588.

import type { Rewriting } from "../../common/encoding.ts";
import { formatCount } from "../../common/format-count.ts";
import { joined, option, options, type Wording, wording } from "../../common/option-text.ts";
import { shellCommand } from "../../common/shell.ts";
import { defineError, defineWarning, withHelps } from "./define.ts";

// ---- dinc.yaml and --set

export const configSyntax = defineError<{ reason: string }>({
  code: "DIN0520",
  name: "config-syntax",
  message: ({ reason }) => `these settings cannot be read: ${reason}`,
  explanation:
    "dinc.yaml is YAML 1.2. Indent with spaces, put a space after every colon, and quote texts with special characters.",
});

export const unknownKey = withHelps(
  defineError<{ key: string; known: readonly string[] }>({
    code: "DIN0521",
    name: "unknown-config-key",
    message: ({ key, known }) => `\`${key}\` is not a setting here; the settings are ${known.join(", ")}`,
    explanation:
      "If dinc ignored a misspelt setting, nobody would notice it before the end of the training. So dinc.yaml and --set may contain only settings that dinc knows.",
  }),
  {
    called: (path: string) => `dinc.yaml has it as \`${path}\``,
    inTrain: (what: string) => `${what}, in \`train { … }\` of the spec`,
    aside: (note: string) => note,
  },
);

export const wrongSetting = withHelps(
  defineError<{ key: string; expected: string; got: string }>({
    code: "DIN0522",
    name: "wrong-setting",
    message: ({ key, expected, got }) => `\`${key}\` must be ${expected}, not ${got}`,
    explanation:
      "Each setting of dinc.yaml has a type and a range; --set takes values in the same notation. `--set data.validate=null` removes a setting of dinc.yaml, as if it had not been written.",
  }),
  { example: (what: string) => what },
);

export const missingSetting = defineError<{ key: string }>({
  code: "DIN0523",
  name: "missing-setting",
  message: ({ key }) => `\`${key}\` is missing`,
  explanation: "Without this setting, the settings around it do not say where the rows come from.",
});

export const rowsAndEvents = defineError<{ rows: string }>({
  code: "DIN0524",
  name: "rows-and-events",
  message: ({ rows }) => `\`data\` has both \`${rows}\` and \`events\``,
  explanation:
    "Rows are either in files (`train`, `valid`, `test`) or made from an event log (`events`, with `items`, `users` and `examples`). With both, it would be unclear which ones count.",
});

export const noData = defineError<Record<never, never>>({
  code: "DIN0525",
  name: "no-data",
  message: () => "`data` names neither example rows nor an event log",
  explanation:
    "Use `train:` (and `valid:`, `test:`) for rows that are examples, or `events:` for a log from which rows are made.",
});

export const environmentMissing = defineError<{ name: string }>({
  code: "DIN0526",
  name: "environment-variable-missing",
  message: ({ name }) => `the environment variable ${name} is not set`,
  explanation:
    "In a path, a name in braces after a dollar sign stands for an environment variable. A text after `:-` in the braces is used if the variable is not set.",
});

export const setMalformed = defineError<{ argument: string; reason: Wording }>({
  code: "DIN0527",
  name: "set-malformed",
  message: ({ argument, reason }) => wording`${option("set", argument)}: ${reason}`,
  explanation:
    "--set takes a setting of dinc.yaml with its parts joined by dots, then `=` and a value: `--set train.epochs=3`.",
});

export const dataFileMissing = withHelps(
  defineError<{ path: string; reason: string }>({
    code: "DIN0528",
    name: "data-file-missing",
    message: ({ path, reason }) => `cannot read ${path}: ${reason}`,
    explanation:
      "Paths in dinc.yaml are relative to `data.dir`, and `data.dir` is relative to the folder of dinc.yaml. So are paths of `--set`, such as `--set data.test=test.csv`. Only a path given by `--set data.dir=…` is relative to the working directory.",
  }),
  {
    relativeTo: (folder: string) => `paths of data begin at \`data.dir\`, here ${folder}`,
    here: (name: string, folder: string, asWritten: string | null) =>
      `paths of data begin at \`data.dir\`, here ${folder}; for ${name} in the current folder write ${asWritten === null ? "its whole path" : `\`${asWritten}\``}`,
  },
);

// ---- Files and columns

export const unknownFormat = withHelps(
  defineError<{ path: string }>({
    code: "DIN0540",
    name: "unknown-data-format",
    message: ({ path }) => `${path} has no known ending`,
    explanation:
      "The ending states the format: .csv, .tsv, .parquet, .arrow, .feather, .arrows, .ipc or .ftr (Arrow), .npz (NumPy), .jsonl or .ndjson (JSON Lines), .json; then .gz if the file is compressed. A path may also name a CSV whose ending is .txt.",
  }),
  {
    elsewhere: () =>
      "dinc reads files of this machine and, outside of queries, `s3://BUCKET/KEY`, `gs://BUCKET/KEY` and `https://` addresses: copy it to one of these",
    postgres: () =>
      "dinc reads files: let Postgres write one, as `psql -c \"\\copy (SELECT …) TO 'rows.csv' CSV HEADER\"`",
    compressed: (command: string) => `dinc reads gzip only: \`${command}\``,
    endings: (endings: string) =>
      `the ending determines how a file is read: ${endings}, each with .gz or without`,
  },
);

function parquetOf(path: string): string {
  return path.replace(/(?:\.\w+)?$/, ".parquet");
}

function withoutOf(path: string): string {
  return path.replace(/(?=(?:\.\w+)?$)/, ".other");
}

export const malformedFile = withHelps(
  defineError<{ reason: string }>({
    code: "DIN0541",
    name: "malformed-data-file",
    message: ({ reason }) => `this file cannot be read any further: ${reason}`,
    explanation:
      "Each line of a CSV has as many values as its first line, which names the columns. All files are UTF-8.",
  }),
  {
    notUtf8: ({ command, isSaved }: Rewriting) =>
      `save ${isSaved ? "that" : "it"} as UTF-8; if it is from Windows: \`${command}\`, or \`csv: { encoding: windows-1252 }\` under \`data\` of dinc.yaml`,
    compressed: (command: string) => `dinc reads gzip, by the ending .gz: \`${command}\``,
    arrow: (path: string) =>
      `let pyarrow write it as Parquet: \`${shellCommand`python3 -c "import sys, pyarrow.feather as f, pyarrow.parquet as p; p.write_table(f.read_table(sys.argv[1]), sys.argv[2])" ${path} ${parquetOf(path)}`}\``,
    arrowColumn: (path: string, column: string) =>
      `write the file without this column, or with its values as text or numbers: \`${shellCommand`python3 -c "import sys, pyarrow.feather as f; f.write_feather(f.read_table(sys.argv[1]).drop_columns(sys.argv[2]), sys.argv[3])" ${path} ${column} ${withoutOf(path)}`}\``,
    numpy: () =>
      "save arrays of one or two dimensions with the same number of rows: of numbers, truth values, texts (`a.astype('U')`) or times, by `numpy.savez('rows.npz', click=…, item_id=…)`",
    oneLineEnd: () => "use the same line ends everywhere; put a value with a line break in quotes",
    swallowed: () =>
      "correct the quote: it may contain the rows after it, so dinc cannot tell which rows are bad",
  },
);

export const fileChanged = defineError<Record<never, never>>({
  code: "DIN0565",
  name: "file-changed",
  message: () => "this file was changed while it was read",
  explanation:
    "The rows that were read are neither the old content nor the new one. Write a file under another name and rename it when it is complete; then nobody ever reads half of it.",
});

export const rowsMissing = defineError<{ read: number; rows: number }>({
  code: "DIN0566",
  name: "rows-missing",
  message: ({ read, rows }) =>
    `this file has ${formatCount(rows)} rows, but ${formatCount(read)} could be read`,
  explanation:
    "A Parquet file states its number of rows, and the rows of other files are counted. If reading gives another number, the file is damaged, and dinc does not train on a part of it.",
});

export const noRows = defineError<{ what: string }>({
  code: "DIN0542",
  name: "no-rows",
  message: ({ what }) => `there are no rows to read: ${what}`,
  explanation: "It is not possible to train or measure on a file without rows.",
});

export const missingColumn = defineError<{
  column: string;
  use: Wording;
  near: string | null;
  columns: readonly string[];
  /** Whether `data.impressions` made it for training. */
  isMade: boolean;
}>({
  code: "DIN0543",
  name: "missing-column",
  message: ({ column, use }) => wording`the data has no column \`${column}\`, which ${use}`,
  help: ({ column, near, columns, isMade }) => {
    const parts = column.split(",").map((part) => part.trim());
    if (parts.length > 1 && parts.every((part) => columns.includes(part)))
      return wording`these are several columns: \`${joined(
        parts.map((part) => option("keep", part)),
        " ",
      )}\``;
    const shown = columns.slice(0, 12).map((name) => `\`${name}\``);
    const more = columns.length > shown.length ? " …" : "";
    const texts = [
      near === null ? null : `did you mean \`${near}\`?`,
      isMade
        ? wording`In training, \`data.impressions\` made it: \`${options({ config: "dinc.yaml", split: "test" })}\` makes it again; rows of ${option("data")} have it already.`
        : null,
      columns.length === 0 ? null : `The columns are ${shown.join(", ")}${more}`,
    ].filter((text) => text !== null);
    return texts.length === 0 ? null : joined(texts, " ");
  },
  explanation:
    "A feature is read from the column of its name. A field of a history is read from the column of its binding (`item_id <-> hist_item_id`), or of its own name (`dwell : number`). A label is read from the column of its name. Upper and lower case are different.",
});

export const wrongColumnType = withHelps(
  defineError<{ column: string; expected: string; got: string }>({
    code: "DIN0544",
    name: "wrong-column-type",
    message: ({ column, expected, got }) => `the column \`${column}\` must hold ${expected}, but is ${got}`,
    explanation:
      "A column of a history holds lists (Parquet, JSON), or one text per row with separators between the steps (CSV). A column of a set holds such lists too, or texts with separators between the values; in a history it holds a list of them. Every other column holds one value per row.",
  }),
  {
    noListsInCsv: () => "Parquet and JSON hold lists of lists; a CSV cannot",
    splitRecords: () => "give each part of the records a column of its own",
  },
);

// ---- Values

export const missingValue = defineError<{ column: string }>({
  code: "DIN0545",
  name: "missing-value",
  message: ({ column }) => `\`${column}\` has no value here`,
  explanation:
    "A missing value (an empty cell of a CSV, a null) is not an unknown id, and not the number 0. State a value for it: `id(missing: unknown)` makes it the unknown id, and `number(missing: 0)` a number, in training and in serving alike. An empty history is fine: it is an empty list, or an empty text in CSV.",
});

export const idOutOfRange = withHelps(
  defineError<{ feature: string; column: string; value: string; size: number }>({
    code: "DIN0546",
    name: "id-out-of-range",
    message: ({ feature, column, value, size }) =>
      `\`${column}\` is ${value}, but \`${feature} : id(size: ${size})\` allows 0 to ${size - 1}`,
    explanation:
      "`id(size: n)` allows the whole numbers 0 … n − 1, so n is the largest id plus one. If items are numbered from 1, their count is one too small for that: the largest id would be read from beyond the end of the table.",
  }),
  {
    largest: (column: string, largest: number) =>
      `the largest value of \`${column}\` is ${largest}: use a size of ${largest + 1}`,
  },
);

export const valueNotListed = defineError<{ feature: string; column: string; value: string; values: string }>(
  {
    code: "DIN0547",
    name: "value-not-in-enum",
    message: ({ feature, column, value, values }) =>
      `\`${column}\` is ${value}, which \`${feature} : enum(${values})\` does not list`,
    explanation: "An enum must list every value of the training and test rows, in the same spelling.",
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
  explanation: "`int(a..b)` allows the whole numbers from a to b, including both.",
});

export const notAnId = defineError<{ column: string; value: string }>({
  code: "DIN0549",
  name: "not-an-id",
  message: ({ column, value }) => `\`${column}\` is ${value}, which cannot be an id`,
  explanation:
    "Ids are texts or whole numbers. A number with a fraction is not an id. A floating-point number above 2⁵³ may stand for several ids; store such ids as 64-bit integers or as texts.",
});

export const notANumber = withHelps(
  defineError<{ column: string; value: string }>({
    code: "DIN0550",
    name: "not-a-number",
    message: ({ column, value }) => `\`${column}\` is ${value}, which is not a finite number`,
    explanation:
      "A number feature takes finite numbers only: one infinite value or NaN would make every weight NaN.",
  }),
  {
    decimalPoint: () =>
      'write numbers with a decimal point and no other characters between digits; or, if all have a decimal comma, write this under `data` of dinc.yaml: `csv: { decimal: "," }`',
  },
);

export const notATime = defineError<{ column: string; value: string }>({
  code: "DIN0680",
  name: "not-a-time",
  message: ({ column, value }) => `\`${column}\` is ${value}, which is not a time from 1990 to 2099`,
  help: () =>
    "write times like `2026-03-04T09:05:06Z` or `2026-03-04T09:05:06+01:00`, or as seconds or milliseconds since 1970",
  explanation:
    "`hour`, `weekday`, `hour_of_week` and `month` take times in ISO 8601 or counts since 1970. A value outside these years is usually a placeholder, or in another format, and its hour would be meaningless.",
});

export const negativeLog1p = defineError<{ column: string; value: number }>({
  code: "DIN0551",
  name: "negative-under-log1p",
  message: ({ column, value }) => `\`${column}\` is ${value}, and \`log1p\` takes no negative numbers`,
  help: ({ value }) => (value < 0 ? null : "the transforms before `log1p` make it negative"),
  explanation: "log1p(x) = log(1 + x) is for amounts and counts from 0 on. At −1 and below it has no value.",
});

export const labelNotBinary = defineError<{ label: string; value: string; kind: string; holds: string }>({
  code: "DIN0552",
  name: "label-not-binary",
  message: ({ label, value, kind, holds }) =>
    `the label \`${label}\` is ${value}; a ${kind} label is ${holds}`,
  help: ({ label }) =>
    `if other values mean 1, name them under \`data\` of dinc.yaml: \`label: { from: ${label}, positive: ">= 4" }\`, or \`positive: [yes]\``,
  explanation:
    "The binary cross-entropy is computed from the labels 0 and 1; true counts as 1 and false as 0.",
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
    "The columns of a history are read side by side, the latest step last (or first, with `steps: latest_first` in dinc.yaml). If their lengths differ, items would be paired with the categories of other items.",
});

// ---- Event logs

export const keyTwice = defineError<{ key: string; value: string; first: string }>({
  code: "DIN0554",
  name: "key-twice",
  message: ({ key, value, first }) => `\`${key}\` is ${value} again, as in ${first}`,
  explanation:
    "The items table and the users table have one row per key. With two rows for one key, an item would have two categories.",
});

export const keyUnknown = defineError<{ column: string; value: string; table: string }>({
  code: "DIN0555",
  name: "key-unknown",
  message: ({ column, value, table }) => `\`${column}\` is ${value}, but ${table} has no row for it`,
  explanation:
    "Item features come from the items table and user features from the users table, so every event needs its rows there.",
});

export const itemInNoEvent = defineError<{ columns: readonly string[] }>({
  code: "DIN0588",
  name: "item-in-no-event",
  message: ({ columns }) =>
    `this item is in no event, and only the log has ${columns.map((name) => `\`${name}\``).join(" and ")}`,
  help: ({ columns }) =>
    `give the items table the column \`${columns[0]}\`, or say in the spec what a missing value counts as, as in \`id(missing: unknown)\` and \`number(missing: 0)\``,
  explanation:
    "Items of label 0 are drawn from the items table, which may contain items without any event. A feature without a column in the items table is read from the item's first event, and these items have none.",
});

export const notAnOrder = withHelps(
  defineError<{ column: string; value: string; others: string }>({
    code: "DIN0556",
    name: "not-an-order",
    message: ({ column, value, others }) =>
      `\`${column}\` is ${value}, which cannot be compared with ${others}`,
    explanation:
      "The column that orders events must hold either numbers or dates and times, in all rows. Times are written `2026-03-04`, `2026-03-04 09:05:06.789` or `2026-03-04T09:05:06+09:00`, the year first, because 03/04/2026 may be in March or in April. Events with equal values keep the order of their rows in the file.",
  }),
  {
    day_or_month: () =>
      "write dates as 2026-03-04, the year first: otherwise it is unclear which number is the day and which the month",
    no_such_time: () => "there is no such day, time of day or UTC offset",
    no_time: () =>
      "write times as 2026-03-04 09:05:06, with Z or an offset like +01:00 at the end if they have one",
  },
);

export const nothingToSample = defineError<{ user: string; items: number }>({
  code: "DIN0557",
  name: "nothing-left-to-sample",
  message: ({ user, items }) =>
    `user ${user} has events with all ${items} items, so no negative can be drawn`,
  explanation:
    "A negative is an item without an event of the user. Use an items table with more items than the log, or drop such users.",
});

export const noExamples = defineError<{ split: string; users: number }>({
  code: "DIN0558",
  name: "no-examples",
  message: ({ split, users }) =>
    `the events of ${users} ${users === 1 ? "user" : "users"} give no ${split === "train" ? "training" : split} rows`,
  explanation:
    "leave_last_out needs two events of a user for a test row and three for a training row: the first event is only part of histories, and the last event is only for the test.",
});

export const otherSeparator = withHelps(
  defineError<{ separator: string; expected: string; names: number }>({
    code: "DIN0560",
    name: "other-separator",
    message: ({ separator, expected, names }) =>
      `the first line has no ${expected}, but ${names} names separated by ${separator}`,
    explanation:
      "Values are separated by commas in a .csv and by tabs in a .tsv. With the wrong separator, the whole line is one column, and all columns of the model are missing.",
  }),
  {
    setting: (setting: string) => `name the right one under \`data\` of dinc.yaml: \`${setting}\``,
  },
);

/** Added to the message about the first of several values with the same mistake in a column. */
export function furtherRows(count: number): string {
  return count === 0 ? "" : ` (and ${count} more like this)`;
}

// ---- rows of several splits

export const sameFile = defineWarning<{ setting: string; other: string }>({
  code: "DIN0595",
  name: "splits-of-one-file",
  message: ({ setting, other }) => `\`${setting}\` and \`${other}\` are the same file`,
  explanation:
    "A model has learned the labels of its training rows and predicts them better than any others, so a metric on these rows says nothing about new ones. An early stop that measures on training rows never stops. Validation rows can be taken from the training rows by `data.validate`; test rows are best taken from a later day.",
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
    `${isExact ? "" : "about "}${formatCount(shared)} of these ${formatCount(rows)} ${what} rows are also ${as} rows (${path})`,
  help: ({ what }) =>
    what === "test"
      ? "name a file of rows that are not used for training, such as those of a later day"
      : "keep training rows aside instead: `validate: { share: 0.1, rows: random }`",
  explanation:
    "Every value that dinc reads from these rows, including the label, is the same in both files. A model has learned the labels of its training rows, so a metric on them says nothing about new ones. Rows are compared by a hash; for large files, only a sample is compared. There is no warning if training rows are often equal to one another, as in a table with few distinct values.",
});
