// The one description of the settings of dinc.yaml, for the reader, for completion and hover in editors, for
// the JSON Schema and for docs/settings.md.

import { badRowPolicies, splitChoices, stepOrders } from "./choices.ts";
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

const bySpec = "what `train` of the spec says";

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
      doc: "A column, such as that of users: all rows with one of its values are on one side. A hash of the value decides on which, so that it stays there when rows are added. Rows without a value are drawn one by one.",
      required: true,
      unless: ["rows", "latest_by"],
      ...only,
    }),
    rows: setting(choice(splitChoices), {
      doc: "Keeps rows, whoever they are of: for a network that knows users by their ids, to which users that are kept as a whole would be unknown.",
      otherwise: "rows that `by` tells apart",
      notWith: ["by"],
      ...only,
    }),
    latest_by: setting(text("column"), {
      doc: "Keeps the latest rows by the times in this column, in whatever order the file is: numbers or timestamps, those without a UTC offset taken for UTC. They are to the training rows as tomorrow's will be. Rows of one time stay together.",
      otherwise: "rows that `by` tells apart",
      notWith: ["by", "rows"],
      ...only,
    }),
  };
};

const fold = setting(phrase("a fold like `2 of 5`", FOLD, readFold), {
  doc: "One of several parts of equal size, instead of a `share`. With `latest_by` or `rows: last` the rows before it are for training, and those after it are left out. `dinc train --folds` sets it.",
  otherwise: "what `share` says",
});

const partSeed = presetSetting(whole(0), SEED, { doc: "Another seed draws other users, or rows." });

const padding: NamedMap<readonly string[]> = {
  what: "named",
  of: "history",
  isOneEnough: true,
  kind: paddingValues(),
  doc: 'The value that fills lists up to one length: `0`, or `{ clicks: 0 }` where only some histories are filled. At both ends of a history, steps are left out whose columns all have such a value; between other steps they count. With several values, as `[0, -1]`, each column may have any of them. `""` is a step without a value, and `[]` says that nothing is padding.',
  form: "rows",
};

const data = group(
  {
    dir: setting(text("folder"), {
      doc: "The folder that paths of `data` are relative to, itself relative to the folder of this file.",
      otherwise: "the folder of this file",
    }),
    train: setting(rows(), {
      doc: "Example rows to train on: CSV, Parquet or JSON Lines, by the ending of the name. Several files are one after the other.",
      required: true,
      form: "rows",
    }),
    valid: setting(rows(), {
      doc: "Example rows to choose by: an early stop, or which of several settings is best.",
      otherwise: "no validation rows, or those that `validate` takes from the training rows",
      form: "rows",
    }),
    test: setting(rows(), {
      doc: "Example rows to measure on, which nothing is chosen by.",
      otherwise: "no test rows, or those that `hold_out` takes from the training rows",
      form: "rows",
    }),
    label: group(
      {
        from: setting(text("column"), {
          doc: "The column that the label is made of.",
          otherwise: "the column of the label's name",
        }),
        positive: setting(positives(), {
          doc: 'What is 1: a comparison of numbers, as `">= 4"`, or a value, or a list of values, as `[click, buy]`.',
          required: true,
        }),
        negative: setting(negatives(), {
          doc: "What is 0; then any other value is a mistake.",
          otherwise: "all that is not `positive`",
        }),
        name: setting(text("label"), {
          doc: "The label of the spec that is meant.",
          otherwise: "the only one of the spec",
        }),
      },
      { doc: "Which values of a column are the label 1, where it is not 0 and 1 itself." },
    ),
    time: setting(text("column"), {
      doc: "The column with the time of each example row, by which `since` and `until` choose: timestamps, or numbers.",
      form: "rows",
    }),
    since: setting(timePoint(), {
      doc: "Training rows are those from this time on: `yesterday`, `7 days ago`, `2026-11-26`, or a number. Other splits are not affected. Of an event log those events are targets; their histories reach back further.",
      otherwise: "the first time there is",
    }),
    until: setting(timePoint(), {
      doc: "Training rows are those before this time: `today`, `2026-11-27T06:00Z`, or a number.",
      otherwise: "the last time there is, included",
    }),
    time_zone: setting(timeZone(), {
      doc: "Whose clocks wrote the times of `time` that have no UTC offset, and whose midnight `today` begins with.",
      otherwise: "`UTC`",
      form: "rows",
    }),
    impressions,
    separator: presetSetting(text(), "|", {
      doc: "What stands in a column of a CSV between the steps of a history, or the values of a set.",
    }),
    inner_separator: setting(text(), {
      doc: "What stands in a column of a CSV between the values of a set that one step of a history has. Differs from `separator`.",
      otherwise: "`;`, or `|` where `separator` is `;`",
      form: "rows",
    }),
    steps: presetSetting(choice(stepOrders), "latest_last", {
      doc: "At which end of a list the latest step stands.",
      form: "rows",
    }),
    padding,
    csv: group(
      {
        delimiter: setting(delimiter(), {
          doc: "What stands between the values of a line, in all CSV and TSV files of `data`.",
          otherwise: "a comma in a .csv, a tab in a .tsv",
        }),
        decimal: presetSetting(choice(decimalSigns), ".", { doc: "The decimal sign of numbers." }),
        encoding: setting(choice(encodings), {
          doc: "How characters are written as bytes.",
          otherwise: "`utf-8`",
        }),
      },
      { doc: "How CSV files are written, where not as their endings say." },
    ),
    events: group(
      {
        path: setting(rows(), { doc: "The log, with one row for each event.", required: true }),
        user: setting(text("column"), { doc: "The column that says who.", required: true }),
        item: setting(text("column"), { doc: "The column that says what.", required: true }),
        order: setting(text("column"), {
          doc: "The column that puts one user's events in order: a number or a time.",
          required: true,
        }),
        time_zone: setting(timeZone(), {
          doc: "Whose clocks wrote the times of `order` that have no UTC offset.",
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
          { doc: "Which events are targets, each with the events before it as its history." },
        ),
        negatives: group(
          {
            per_positive: setting(whole(0), {
              doc: "Rows of drawn items for each row of an event. With 0 all labels are columns of the log.",
              otherwise:
                "1 where a label says whether an event happened, 0 where all labels are columns of the log",
            }),
            sample: presetSetting(choice({ uniform: "Each item is as likely as any other." }), "uniform", {
              doc: "How items are drawn.",
            }),
            exclude: presetSetting(
              choice({ seen: "Items that the user touched at any time are never drawn." }),
              "seen",
              { doc: "What is never drawn." },
            ),
            seed: presetSetting(whole(0), SEED, { doc: "Draws the same items from the same log." }),
          },
          {
            doc: "How items are drawn that were no event. In their rows a `binary` label is 0, and no other label has a value.",
          },
        ),
        split: presetSetting(
          choice({
            leave_last_out: "Each user's last event is for testing, the targets before it for training.",
            none: "All targets are for training. `dinc train --each` tests the run of a period on the next one.",
          }),
          "leave_last_out",
          { doc: "Which rows are trained on and which are tested." },
        ),
      },
      { doc: "How rows are made from events.", form: "events" },
    ),
    validate: group(
      { share: partShare({ unless: ["fold"] }), ...partWays("rows"), fold, seed: partSeed },
      {
        doc: "Keeps training rows for validation: of example rows some users' rows, some rows, or the latest; of an event log the last training target of some users.",
        notWith: ["valid"],
      },
    ),
    hold_out: group(
      { share: partShare(), ...partWays(), seed: partSeed },
      {
        doc: "Keeps training rows for a test, by the same settings as `validate`. It comes first: what is validated on is taken from the others.",
        form: "rows",
        notWith: ["test"],
      },
    ),
    on_bad_row: setting(choice(badRowPolicies), {
      doc: "What happens when rows cannot be read; `--on-bad-row` overrides it.",
      otherwise: "`fail`; for `dinc eval` what the training did",
    }),
    memory: presetSetting(bytes(LEAST_MEMORY, MOST_MEMORY), "1GB", {
      doc: "What reading data and their columns may take of memory; what is more lies in files of the temporary folder. No number depends on it.",
    }),
  },
  {
    doc: "Where data lie and how they become rows: example rows (`train`, `valid`, `test`) or an event log (`events`).",
  },
);

const params: ParamMap = {
  what: "params",
  doc: "Values for params of the spec, of the type of their default. `--param` overrides them.",
};

const columnExpectation: NamedMap<ColumnExpectations> = {
  what: "named",
  of: "column",
  kind: phrase(
    "clauses between commas: `missing <= 1 %`, `new <= 20 %`, `psi <= 0.25`, `range 0 .. 500`, `mean 0.01 .. 0.05`",
    EXPECTATION,
    readExpectation,
  ),
  doc: "What is expected of single columns, whether the model reads them or not. `range` is that of every number, `mean` of a label is the share of ones. Either end of `..` may be left out.",
};

const expect = group(
  {
    rows: setting(whole(1), { doc: "At least so many rows.", otherwise: "any number" }),
    missing: setting(shareOf(), {
      doc: "At most this share of a column's values is missing.",
      otherwise: "what `columns` says",
    }),
    new: setting(shareOf(), {
      doc: "At most this share of a column's ids is not in the vocabulary. Of `dinc test-data` only.",
      otherwise: "what `columns` says",
    }),
    psi: setting(positive(), {
      doc: "The population stability index of no column is above it. Of `dinc test-data` only.",
      otherwise: "what `columns` says",
    }),
    unique: setting(text(), {
      doc: "A column, or several between commas, whose values together differ in every row.",
      otherwise: "rows may be repeated",
    }),
    newest: setting(
      phrase("a column and a time, like `timestamp within 2 d` (`d`, `h` or `min`)", NEWEST, readNewest),
      { doc: "The latest time in a column is not longer ago.", otherwise: "any time" },
    ),
    columns: columnExpectation,
  },
  {
    doc: "What is expected of data: `dinc train` refuses training rows that are otherwise, and `dinc test-data` any file.",
  },
);

const tune: ParamMap = {
  what: "params",
  doc: "Ranges that `dinc tune` searches, by what they are for: a param of the spec, `train.batch`, `train.epochs`, `train.learning_rate` or `variant`. `--try` overrides them.",
};

export const settings = group(
  {
    spec: setting(text("spec"), {
      doc: "The model to train: a `.din` file, relative to the folder of this file.",
      otherwise: "the one that the command line names",
    }),
    variant: setting(text("variant"), {
      doc: "The variant of the spec that is meant. `--variant` overrides it.",
      otherwise: "the spec's own model",
    }),
    params,
    tune,
    data,
    expect,
    train: group(
      {
        epochs: setting(whole(0), {
          doc: "How often training goes through the rows. With `dinc train --from RUN` it may be 0.",
          otherwise: bySpec,
        }),
        batch: setting(whole(1), { doc: "Rows of a step.", otherwise: bySpec }),
        seed: setting(whole(0), {
          doc: "Seed of everything random: first weights, the order of rows, dropout.",
          otherwise: bySpec,
        }),
        learning_rate: setting(positive(), {
          doc: "The learning rate of the optimizer: the highest that its schedule gives.",
          otherwise: bySpec,
        }),
      },
      { doc: "Settings that override `train` of the spec." },
    ),
  },
  { doc: "What to train, on which data." },
);
