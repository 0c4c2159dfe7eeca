// The commands that read rows for a run: what scores them, measures the scores, and fits something to them.

import { type Command, Option } from "commander";
import { stepOrders } from "../../compiler/frontend/config/choices.ts";
import {
  backendOption,
  badRowOption,
  collect,
  csvOptions,
  formatOption,
  positiveWholeNumber,
  threadsOption,
  wholeNumber,
  wideVectorsOption,
} from "./options.ts";
import type { Terminal } from "./terminal.ts";

/** Adds them by `command`. */
export function rowCommands(
  command: (usage: string, description: string, ...examples: string[]) => Command,
  done: (code: number) => void,
  terminal: Terminal,
): void {
  const ofRun = (target: Command) => target.argument("<run>", "a run folder, as dinc train writes it");
  const rowOptions = (target: Command) => fileOptions(ofRun(target));
  const dataOptions = (target: Command) => splitOptions(ofRun(target));

  dataOptions(
    command(
      "predict",
      "Score rows with a trained run.",
      "dinc predict my-run --data rows.csv --out scores.csv",
      "dinc predict my-run -c dinc.yaml --split test --out -",
      "dinc predict my-run --data rows.parquet --keep user_id --keep item_id --out scores.parquet",
    ),
  )
    .requiredOption(
      "-o, --out <file>",
      "CSV, JSON Lines or Parquet, by extension; - writes CSV to standard output",
    )
    .option("--keep <column>", "a column of the rows that stands beside the scores; repeatable", collect, [])
    .addOption(badRowOption("`data.on_bad_row` of dinc.yaml, or fail"))
    .action(async (run: string, options) =>
      done(await (await import("./commands/predict.ts")).predict(run, options, terminal)),
    );

  dataOptions(
    command(
      "eval",
      "Compute the run's metrics on labelled rows.",
      "dinc eval my-run --data test.csv",
      "dinc eval my-run -c dinc.yaml --split test --format json",
    ),
  )
    .addOption(formatOption("how to print metrics"))
    .addOption(
      new Option(
        "--resamples <n>",
        "the number of bootstrap resamples for intervals; 0 for none (default: as in training)",
      ).argParser(wholeNumber),
    )
    .addOption(badRowOption("as in training"))
    .action(async (run: string, options) =>
      done(await (await import("./commands/eval.ts")).evaluate(run, options, terminal)),
    );

  rowOptions(
    command(
      "calibrate",
      "Fit a run's probabilities to validation rows, after its training.",
      "dinc calibrate my-run -c dinc.yaml",
      "dinc calibrate my-run --data valid.csv --method isotonic --by tab",
    ),
  )
    .addOption(
      new Option(
        "--method <method>",
        "what is fitted: a slope and a shift of the logit, or a rising curve, which needs more rows",
      )
        .choices(["platt", "isotonic"])
        .default("platt"),
    )
    .option("--by <feature>", "a feature with ids: each value with rows enough is fitted by itself")
    .option("--remove", "remove the calibration of the run")
    .addOption(formatOption())
    .addOption(badRowOption("as in training"))
    .action(async (run: string, options) =>
      done(await (await import("./commands/calibrate.ts")).calibrate(run, options, terminal)),
    );

  dataOptions(
    command(
      "importance",
      "Show what a run relies on: permute each feature, history and field, and measure what is lost.",
      "dinc importance my-run -c dinc.yaml",
      "dinc importance my-run --data test.csv --metric log_loss --report importance.html",
    ),
  )
    .option("--metric <metric>", "the metric of the spec that the order goes by (default: its first one)")
    .option("--repeats <n>", "how often each is permuted", positiveWholeNumber, 3)
    .option("--sample <rows>", "the most rows, drawn at random", positiveWholeNumber, 20_000)
    .option("--resamples <n>", "bootstrap resamples for intervals; 0 for none", wholeNumber, 400)
    .option("--seed <n>", "seed of permutations, sample and resamples (default: the run's)", wholeNumber)
    .option("--report <file>", "write a page with a plot")
    .addOption(formatOption())
    .addOption(badRowOption("as in training"))
    .action(async (run: string, options) =>
      done(await (await import("./commands/importance.ts")).importance(run, options, terminal)),
    );
}

function fileOptions(target: Command): Command {
  return csvOptions(target, "as in training")
    .option(
      "--data <file>",
      "rows: a CSV, Parquet or JSON file, a folder, a pattern, a table of a database (shop.duckdb/clicks), or a query (sql:SELECT …)",
    )
    .option(
      "--separator <text>",
      "the separator of steps of a history, or of values of a set, in CSV columns of --data (default: as in training)",
    )
    .option(
      "--inner-separator <text>",
      "the separator of values of a set within one step (default: as in training)",
    )
    .addOption(
      new Option("--steps <order>", "the order of lists in --data (default: as in training)").choices(
        Object.keys(stepOrders),
      ),
    )
    .option("-c, --config <file>", "dinc.yaml, for rows made from logs of events or impressions")
    .option("--rows <folder>", "rows as dinc prepare writes them, of the same training")
    .option("--set <path=value>", "override a value of dinc.yaml; repeatable", collect, [])
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(wideVectorsOption());
}

/** Options about a table of items and the vectors of these. */
export function itemOptions(target: Command): Command {
  return csvOptions(target, "as in training")
    .requiredOption(
      "--data <file>",
      "items: CSV, Parquet or JSON Lines, by extension, with a column for each feature that the item tower reads",
    )
    .option(
      "--separator <text>",
      "the separator of values of a set, in CSV columns (default: as in training)",
    )
    .option(
      "--keep <column>",
      "a column that stands beside the vectors; repeatable (default: the first feature of items with ids)",
      collect,
      [],
    )
    .requiredOption(
      "-o, --out <file>",
      "Parquet, or NumPy with the kept column in a file beside it, by extension",
    )
    .addOption(badRowOption("fail"))
    .option("--uncalibrated", "without the calibration of the run")
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(wideVectorsOption());
}

/** Options about rows that a run scores. */
export function splitOptions(target: Command): Command {
  return fileOptions(target)
    .addOption(
      new Option("--split <split>", "the rows of -c or --rows to read")
        .choices(["train", "valid", "test"])
        .default("test"),
    )
    .option("--uncalibrated", "without the calibration of the run");
}
