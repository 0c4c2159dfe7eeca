// The one description of the settings of dinc.yaml, for the reader, for completion and hover in editors, for
// the JSON Schema and for docs/settings.md.

import { badRowPolicies, formatsText, splitChoices, stepOrders } from "./choices.ts";
import { decimalSigns, encodings } from "./csv-format.ts";
import { type ColumnExpectations, EXPECTATION, NEWEST, readExpectation, readNewest } from "./expect.ts";
import { FOLD, readFold } from "./folds.ts";
import { impressions } from "./impression-settings.ts";
import {
  between,
  bytes,
  choice,
  delimiter,
  group,
  type NamedMap,
  negatives,
  type ParamMap,
  paddingValues,
  phrase,
  positive,
  positives,
  presetSetting,
  rows,
  setting,
  shareOf,
  text,
  timePoint,
  timeZone,
  whole,
} from "./setting-kinds.ts";

const SEED = 2026;

/** DuckDB needs at least half of it. */
const LEAST_MEMORY = 128e6;

/** More than any machine has. */
const MOST_MEMORY = 1e15;

const bySpec = "the value in `train` of the spec";

const keyedTable = (what: string, whose: string) =>
  group(
    {
      path: setting(rows(), { doc: `The file, with one row for each ${what}.`, required: true }),
      key: setting(text("column"), {
        doc: `Its column of ids, which \`events.${what}\` of the log refers to.`,
        required: true,
      }),
    },
    { doc: `A table with the features of ${whose}.`, form: "events" },
  );

const partShare = (more: { readonly unless?: readonly string[] } = {}) =>
  setting(between(0, 1), {
    doc: "The share of all training rows, or of users.",
    required: true,
    ...more,
  });

/** How the rows of a part are chosen; settings that event logs lack have the `form` of example rows. */
const partWays = (form?: "rows") => {
  const only = form === undefined ? {} : { form };
  return {
    by: setting(text("feature"), {
      doc: "A column, such as that of users: all rows with the same value are in the same part. A hash of the value decides which part, so it does not change when rows are added. Rows without a value are drawn one by one.",
      required: true,
      unless: ["rows", "latest_by"],
      ...only,
    }),
    rows: setting(choice(splitChoices), {
      doc: "Selects rows regardless of their users. Use it for a network with a table of users, because that table would not know users who are set aside as a whole.",
      otherwise: "rows are chosen by `by`",
      notWith: ["by"],
      ...only,
    }),
    latest_by: setting(text("column"), {
      doc: "Keeps the latest rows by the times in this column, whatever the order of the file: numbers or timestamps; those without a UTC offset are in UTC. Rows with the same time stay together. These rows follow the training rows in time, like the rows that the model will score.",
      otherwise: "rows are chosen by `by`",
      notWith: ["by", "rows"],
      ...only,
    }),
  };
};

const fold = setting(phrase("a fold like `2 of 5`", FOLD, readFold), {
  doc: "One of several parts of equal size, instead of a `share`. With `latest_by` or `rows: last`, earlier rows are for training, and later ones are left out. `dinc train --folds` sets it.",
  otherwise: "a part of the size `share`",
});

const partSeed = presetSetting(whole(0), SEED, { doc: "The seed by which users or rows are drawn." });

const padding: NamedMap<readonly string[]> = {
  what: "named",
  of: "history",
  isOneEnough: true,
  kind: paddingValues(),
  doc: 'The value that fills lists up to one length: `0`, or `{ clicks: 0 }` if only some histories are filled. Steps at both ends of a history are left out if all their columns have such a value; between other steps they count. With several values, such as `[0, -1]`, each column may have any of them. `""` is a step without a value, and `[]` means that there is no padding.',
  form: "rows",
};

const data = group(
  {
    dir: setting(text("folder"), {
      doc: "The folder for relative paths in `data`; it is itself relative to the folder of this file.",
      otherwise: "the folder of this file",
    }),
    train: setting(rows(), {
      doc: `Example rows to train on: ${formatsText}, by the ending of the name. Several files form one list of rows.`,
      required: true,
      form: "rows",
    }),
    valid: setting(rows(), {
      doc: "Example rows for choices, such as an early stop or the best of several settings.",
      otherwise: "the rows of `validate`, or none",
      form: "rows",
    }),
    test: setting(rows(), {
      doc: "Example rows for measuring the model. No choice depends on them.",
      otherwise: "the rows of `hold_out`, or none",
      form: "rows",
    }),
    label: group(
      {
        from: setting(text("column"), {
          doc: "The column from which the label is made.",
          otherwise: "the column of the label's name",
        }),
        positive: setting(positives(), {
          doc: 'The values that are 1: a comparison of numbers such as `">= 4"`, a value, or a list of values such as `[click, buy]`.',
          required: true,
        }),
        negative: setting(negatives(), {
          doc: "The values that are 0; any other value is then an error.",
          otherwise: "all values except `positive`",
        }),
        name: setting(text("label"), {
          doc: "The label in the spec.",
          otherwise: "the only one of the spec",
        }),
      },
      { doc: "Converts the values of a column to the label, if they are not 0 and 1." },
    ),
    time: setting(text("column"), {
      doc: "The column with the time of each example row, by which `since` and `until` choose: timestamps, or numbers.",
      form: "rows",
    }),
    since: setting(timePoint(), {
      doc: "Training rows are those from this time on: `yesterday`, `7 days ago`, `2026-11-26`, or a number. Other splits are not affected. In an event log, only these events are targets, but their histories may contain earlier events.",
      otherwise: "the earliest time",
    }),
    until: setting(timePoint(), {
      doc: "Training rows are those before this time: `today`, `2026-11-27T06:00Z`, or a number.",
      otherwise: "the latest time, inclusive",
    }),
    time_zone: setting(timeZone(), {
      doc: "The time zone of times in `time` without a UTC offset, and of the midnight at which `today` begins.",
      otherwise: "`UTC`",
      form: "rows",
    }),
    impressions,
    separator: presetSetting(text(), "|", {
      doc: "Separates the steps of a history, or the values of a set, in a column of a CSV.",
    }),
    inner_separator: setting(text(), {
      doc: "Separates the values of a set within one step of a history in a column of a CSV. Must differ from `separator`.",
      otherwise: "`;`, or `|` if `separator` is `;`",
      form: "rows",
    }),
    steps: presetSetting(choice(stepOrders), "latest_last", {
      doc: "The end of a list that has the latest step.",
      form: "rows",
    }),
    padding,
    csv: group(
      {
        delimiter: setting(delimiter(), {
          doc: "Separates the values of a line in all CSV and TSV files of `data`.",
          otherwise: "a comma in a .csv, a tab in a .tsv",
        }),
        decimal: presetSetting(choice(decimalSigns), ".", { doc: "The decimal sign of numbers." }),
        encoding: setting(choice(encodings), {
          doc: "The character encoding.",
          otherwise: "`utf-8`",
        }),
      },
      { doc: "The format of CSV files, if it differs from that of their endings." },
    ),
    events: group(
      {
        path: setting(rows(), { doc: "The log, with one row for each event.", required: true }),
        user: setting(text("column"), { doc: "The column of users.", required: true }),
        item: setting(text("column"), { doc: "The column of items.", required: true }),
        order: setting(text("column"), {
          doc: "The column by which a user's events are ordered: numbers or times.",
          required: true,
        }),
        time_zone: setting(timeZone(), {
          doc: "The time zone of times in `order` without a UTC offset.",
          otherwise: "`UTC`",
        }),
      },
      { doc: "An event log, from which histories and rows are made.", required: true, form: "events" },
    ),
    items: keyedTable("item", "items"),
    users: keyedTable("user", "users"),
    examples: group(
      {
        positives: presetSetting(
          choice({ each_event: "Each event of a user after the first is a target." }),
          "each_event",
          { doc: "The events that are targets, each with the earlier events as its history." },
        ),
        negatives: group(
          {
            per_positive: setting(whole(0), {
              doc: "The number of drawn items for each event. With 0, all labels are columns of the log.",
              otherwise: "1 if a label tells events from drawn items, 0 if all labels are columns of the log",
            }),
            sample: presetSetting(choice({ uniform: "Each item is as likely as any other." }), "uniform", {
              doc: "How items are drawn.",
            }),
            exclude: presetSetting(
              choice({ seen: "Items that the user touched at any time are never drawn." }),
              "seen",
              { doc: "The items that are never drawn." },
            ),
            seed: presetSetting(whole(0), SEED, { doc: "The seed by which items are drawn." }),
          },
          {
            doc: "Draws items without an event as negatives. In their rows, a `binary` label is 0 and other labels have no value.",
          },
        ),
        split: presetSetting(
          choice({
            leave_last_out: "Each user's last event is for testing, the targets before it for training.",
            none: "All targets are for training. `dinc train --each` tests the run of a period on the next one.",
          }),
          "leave_last_out",
          { doc: "The division into training and test rows." },
        ),
      },
      { doc: "The protocol by which rows are made from events.", form: "events" },
    ),
    validate: group(
      { share: partShare({ unless: ["fold"] }), ...partWays("rows"), fold, seed: partSeed },
      {
        doc: "Keeps training rows for validation: for example rows, those of some users, some rows, or the latest ones; for an event log, the last training target of some users.",
        notWith: ["valid"],
      },
    ),
    hold_out: group(
      { share: partShare(), ...partWays(), seed: partSeed },
      {
        doc: "Keeps training rows for a test, with the same settings as `validate`. Validation rows are then taken from the remaining rows.",
        form: "rows",
        notWith: ["test"],
      },
    ),
    on_bad_row: setting(choice(badRowPolicies), {
      doc: "The policy for rows that cannot be read; `--on-bad-row` overrides it.",
      otherwise: "`fail`; for `dinc eval`, the policy of the training",
    }),
    memory: presetSetting(bytes(LEAST_MEMORY, MOST_MEMORY), "1GB", {
      doc: "The maximum memory for reading data and for their columns; the rest is kept in files of the temporary folder. Results do not depend on it.",
    }),
  },
  {
    doc: "The location of data, and how they become rows: example rows (`train`, `valid`, `test`) or an event log (`events`).",
  },
);

const params: ParamMap = {
  what: "params",
  doc: "Values for params of the spec, with the types of their defaults. `--param` overrides them.",
};

const columnExpectation: NamedMap<ColumnExpectations> = {
  what: "named",
  of: "column",
  kind: phrase(
    "clauses between commas: `missing <= 1 %`, `new <= 20 %`, `psi <= 0.25`, `range 0 .. 500`, `mean 0.01 .. 0.05`",
    EXPECTATION,
    readExpectation,
  ),
  doc: "Conditions for single columns, whether the model reads them or not. `range` applies to every number; the `mean` of a label is the share of ones. Either end of `..` may be left out.",
};

const expect = group(
  {
    rows: setting(whole(1), { doc: "The least number of rows.", otherwise: "any number" }),
    missing: setting(shareOf(), {
      doc: "The largest share of missing values in a column.",
      otherwise: "as in `columns`",
    }),
    new: setting(shareOf(), {
      doc: "The largest share of a column's ids outside the vocabulary. Only for `dinc test-data`.",
      otherwise: "as in `columns`",
    }),
    psi: setting(positive(), {
      doc: "The largest population stability index of a column. Only for `dinc test-data`.",
      otherwise: "as in `columns`",
    }),
    unique: setting(text(), {
      doc: "A column, or several separated by commas, whose combined values must be unique.",
      otherwise: "rows may be repeated",
    }),
    newest: setting(
      phrase("a column and a time, like `timestamp within 2 d` (`d`, `h` or `min`)", NEWEST, readNewest),
      { doc: "The largest age of the latest value in a column.", otherwise: "any time" },
    ),
    columns: columnExpectation,
  },
  {
    doc: "Conditions for data: `dinc train` refuses training rows that do not meet them, and `dinc test-data` does so for any file.",
  },
);

const tune: ParamMap = {
  what: "params",
  doc: "Ranges for `dinc tune`, by name: a param of the spec, `train.batch`, `train.epochs`, `train.learning_rate` or `variant`. `--try` overrides them.",
};

export const settings = group(
  {
    spec: setting(text("spec"), {
      doc: "The model to train: a `.din` file, relative to the folder of this file.",
      otherwise: "the one that the command line names",
    }),
    variant: setting(text("variant"), {
      doc: "The variant of the spec to train. `--variant` overrides it.",
      otherwise: "the spec's own model",
    }),
    params,
    tune,
    data,
    expect,
    train: group(
      {
        epochs: setting(whole(0), {
          doc: "The number of passes over the training rows. With `dinc train --from RUN` it may be 0.",
          otherwise: bySpec,
        }),
        batch: setting(whole(1), { doc: "The number of rows in a step.", otherwise: bySpec }),
        seed: setting(whole(0), {
          doc: "The seed of everything random: initial weights, the order of rows, dropout.",
          otherwise: bySpec,
        }),
        learning_rate: setting(positive(), {
          doc: "The learning rate of the optimizer, which is the highest rate of its schedule.",
          otherwise: bySpec,
        }),
      },
      { doc: "Settings that override `train` of the spec." },
    ),
  },
  { doc: "The model to train, and its data." },
);
