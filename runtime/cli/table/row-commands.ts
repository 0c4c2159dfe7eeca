// Commands that read rows for a run: they score rows, measure scores, or compare rows.

import type { CalibrateCommandOptions } from "../commands/calibrate.ts";
import type { EvalOptions } from "../commands/eval.ts";
import type { ImportanceCommandOptions } from "../commands/importance.ts";
import type { PredictCommandOptions } from "../commands/predict.ts";
import type { TestDataCommandOptions } from "../commands/test-data.ts";
import type { CommandDescription } from "./describe.ts";
import { badRowOption, option, RUN, rowOptions, splitOptions } from "./options.ts";

const predict = (): CommandDescription => ({
  name: "predict",
  doc: "Score rows with a trained run.",
  examples: [
    "dinc predict my-run --data rows.csv --out scores.csv",
    "dinc predict my-run -c dinc.yaml --split test --out -",
    "dinc predict my-run --data rows.parquet --keep user_id --keep item_id --out scores.parquet",
  ],
  arguments: [RUN],
  options: [
    ...splitOptions(),
    option("out", {
      value: "<file>",
      path: "file",
      doc: "CSV, JSON Lines or Parquet, by extension; - writes CSV to standard output",
      isRequired: true,
    }),
    option("keep", { doc: "a column of the rows to copy next to the scores; repeatable" }),
    badRowOption("`data.on_bad_row` of dinc.yaml, or fail"),
  ],
  run: async (terminal, options: PredictCommandOptions, run: string) =>
    (await import("../commands/predict.ts")).predict(run, options, terminal),
});

const evaluate = (): CommandDescription => ({
  name: "eval",
  doc: "Compute the run's metrics on labelled rows.",
  examples: ["dinc eval my-run --data test.csv", "dinc eval my-run -c dinc.yaml --split test --format json"],
  arguments: [RUN],
  options: [
    ...splitOptions(),
    option("format", { doc: "how to print metrics" }),
    option("resamples", {
      doc: "the number of bootstrap resamples for intervals; 0 for none (default: as in training)",
    }),
    badRowOption("as in training"),
  ],
  run: async (terminal, options: EvalOptions, run: string) =>
    (await import("../commands/eval.ts")).evaluate(run, options, terminal),
});

const calibrate = (): CommandDescription => ({
  name: "calibrate",
  doc: "Fit a run's probabilities to validation rows, after its training.",
  examples: [
    "dinc calibrate my-run -c dinc.yaml",
    "dinc calibrate my-run --data valid.csv --method isotonic --by tab",
  ],
  arguments: [RUN],
  options: [
    ...rowOptions(),
    option("method"),
    option("by"),
    option("remove"),
    option("format"),
    badRowOption("as in training"),
  ],
  run: async (terminal, options: CalibrateCommandOptions, run: string) =>
    (await import("../commands/calibrate.ts")).calibrate(run, options, terminal),
});

const importance = (): CommandDescription => ({
  name: "importance",
  doc: "Show how much a run relies on each input: permute each feature, history and field, and measure the loss.",
  examples: [
    "dinc importance my-run -c dinc.yaml",
    "dinc importance my-run --data test.csv --metric log_loss --report importance.html",
  ],
  arguments: [RUN],
  options: [
    ...splitOptions(),
    option("metric"),
    option("repeats"),
    option("sample"),
    option("resamples", { default: 400 }),
    option("seed", { doc: "seed of permutations, sample and resamples (default: the run's)" }),
    option("report"),
    option("format"),
    badRowOption("as in training"),
  ],
  run: async (terminal, options: ImportanceCommandOptions, run: string) =>
    (await import("../commands/importance.ts")).importance(run, options, terminal),
});

const testData = (): CommandDescription => ({
  name: "test-data",
  doc: "Compare a file, or a ranker's statistics, with the training rows of a run and with the conditions in dinc.yaml.",
  examples: [
    "dinc test-data today.csv --run my-run",
    "dinc test-data today.csv --run my-run -c dinc.yaml --format json",
    "dinc test-data --stats stats.json --run my-run",
  ],
  arguments: [
    {
      usage: "[file]",
      path: "file",
      doc: "rows, or an event log, in the form of the training data",
    },
  ],
  options: [
    option("stats"),
    option("run", { isRequired: true }),
    option("config", { doc: "dinc.yaml, for its `expect` (default: that of the training)" }),
    option("set", { doc: "override a value of dinc.yaml; repeatable" }),
    option("baseline"),
    option("separator", { doc: "the separator of values in CSV columns (default: as in training)" }),
    option("report", {
      doc: "write an HTML page with the checks, and each column's histogram next to that of the training rows",
    }),
    option("format"),
  ],
  after: "Exit code: 0 all conditions hold, 1 one fails, or something cannot be read.",
  run: async (terminal, options: TestDataCommandOptions, file?: string) =>
    (await import("../commands/test-data.ts")).testData(file, options, terminal),
});

export const rowCommands = () => [predict(), evaluate(), calibrate(), importance(), testData()];
