// The commands about many runs: trainings that are compared, searches, lists of runs, two of them side by side.

import { type Command, Option } from "commander";
import { searches } from "../../compiler/tune/searches.ts";
import {
  badRowOption,
  checkpointOption,
  collect,
  formatOption,
  positiveNumber,
  positiveWholeNumber,
  trainingOptions,
  wholeNumber,
} from "./options.ts";
import { splitOptions } from "./row-commands.ts";
import type { Terminal } from "./terminal.ts";

/** Adds them by `command`. */
export function manyRunsCommands(
  command: (usage: string, description: string, ...examples: string[]) => Command,
  done: (code: number) => void,
  terminal: Terminal,
): void {
  const ablateCommand = command(
    "ablate",
    "Train a model without each feature, history and field in turn, and measure what is lost.",
    "dinc ablate -c dinc.yaml --out my-ablation",
    "dinc ablate model.din -c dinc.yaml --only price --only clicks --out my-ablation",
  )
    .argument("[spec]", "the model; default: `spec` of dinc.yaml")
    .option(
      "-c, --config <file>",
      "where the data is and how it becomes rows (default: dinc.yaml, if there is one)",
    )
    .option("--rows <folder>", "prepared rows, instead of the data that dinc.yaml names")
    .requiredOption("-o, --out <folder>", "the folder for all runs; those that it has are not trained again")
    .option("--only <part>", "leave out this feature, history or `clicks.dwell`; repeatable", collect, [])
    .option("--metric <metric>", "the metric of the spec that the order goes by (default: its first one)")
    .option("--resamples <n>", "bootstrap resamples for intervals; 0 for none", wholeNumber, 400);
  trainingOptions(ablateCommand)
    .option("--force", "train all runs anew")
    .addOption(checkpointOption())
    .addOption(formatOption())
    .action(async (spec: string | undefined, options) =>
      done(await (await import("./commands/ablate.ts")).ablate(spec, options, terminal)),
    );

  const tuneCommand = command(
    "tune",
    "Search for good settings: params, variants and settings of training, chosen by validation rows.",
    'dinc tune -c dinc.yaml --try "rate=log(1e-4..1e-2)" --out search',
    'dinc tune -c dinc.yaml --try "units=choice([64], [200, 80])" --trials 40 --minutes 30 --out search',
  )
    .argument("[spec]", "the model; default: `spec` of dinc.yaml")
    .option(
      "-c, --config <file>",
      "where the data is, and what is searched as `tune` (default: dinc.yaml, if there is one)",
    )
    .option("--rows <folder>", "prepared rows, instead of the data that dinc.yaml names")
    .requiredOption(
      "-o, --out <folder>",
      "the folder to write: report.html, and `best`, the run of the chosen settings",
    )
    .option(
      "--try <name=range>",
      "what to search: a param, train.batch, train.epochs, train.learning_rate or variant, as log(a..b), uniform(a..b), int(a..b) or choice(a, b, …); repeatable",
      collect,
      [],
    )
    .option(
      "--trials <n>",
      "how many settings to try, the spec's own among them (default: 20, or as many as --minutes allow)",
      positiveWholeNumber,
    )
    .option("--minutes <n>", "begin no training after so many minutes", positiveNumber)
    .option(
      "--metric <name>",
      "what to compare by (default: that of `stop early`, or the first metric of the spec)",
    )
    .addOption(
      new Option("--search <how>", "how settings are drawn: evenly, or at random")
        .choices(searches)
        .default("sobol"),
    )
    .option(
      "--reduction <n>",
      "one in so many trials goes on to more epochs; 1 trains all to their end",
      positiveWholeNumber,
      3,
    )
    .option(
      "--parallel <n>",
      "trials trained side by side (default: as many as there are cores, at most 8)",
      positiveWholeNumber,
    );
  trainingOptions(tuneCommand, "seed of everything random, of the draws too")
    .option("--resume", "go on with the search that is there; begin where there is none")
    .option("--force", "replace the search that is there")
    .addOption(formatOption("how to print what was found"))
    .action(async (spec: string | undefined, options) =>
      done(await (await import("./commands/tune.ts")).tune(spec, options, terminal)),
    );

  command(
    "runs",
    "List many runs: their settings, and their metrics on validation rows beside those on test rows.",
    "dinc runs my-runs",
    'dinc runs my-runs --filter "valid.auc>=0.8" --sort seconds',
  )
    .argument("[folder]", "the folder that holds the runs", ".")
    .option("--sort <column>", "the order (default: the first metric on validation rows, the best run first)")
    .option("--reverse", "the other way round")
    .option(
      "--filter <condition>",
      "only runs that meet it: a column, one of = != < <= > >=, and a value; repeatable",
      collect,
      [],
    )
    .addOption(formatOption())
    .action(async (folder: string, options) =>
      done(await (await import("./commands/runs.ts")).runs(folder, options, terminal)),
    );

  splitOptions(
    command(
      "diff",
      "Show how two runs differ, what may explain their metrics, and with rows, whether that is more than chance.",
      "dinc diff monday-run tuesday-run",
      "dinc diff base wide -c dinc.yaml --split test",
    ),
  )
    .argument("<a>", "a run folder, as dinc train writes it")
    .argument("<b>", "another")
    .addOption(badRowOption("as in training"))
    .option(
      "--resamples <n>",
      "draws of the users in the paired test of rows (default: 1,000, and fewer of millions of rows)",
      wholeNumber,
    )
    .option("--seed <n>", "of these draws (default: 2026)", wholeNumber)
    .addOption(formatOption())
    .addHelpText("after", "\nExit code: 0 the same model, 1 they differ, 2 one cannot be read.")
    .action(async (a: string, b: string, options) =>
      done(await (await import("./commands/diff.ts")).diff([a, b], options, terminal)),
    );
}
