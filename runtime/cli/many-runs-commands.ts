// The commands about many runs: trainings that are compared, lists of runs, two of them side by side.

import { type Command, Option } from "commander";
import {
  backendOption,
  badRowOption,
  collect,
  paramOption,
  positiveNumber,
  positiveWholeNumber,
  threadsOption,
  variantOption,
  wholeNumber,
  wideVectorsOption,
} from "./options.ts";
import type { Terminal } from "./terminal.ts";

/** Adds them by `command`. */
export function manyRunsCommands(
  command: (usage: string, description: string, ...examples: string[]) => Command,
  done: (code: number) => void,
  terminal: Terminal,
): void {
  command(
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
    .option("--resamples <n>", "bootstrap resamples for intervals; 0 for none", wholeNumber, 400)
    .option("--set <path=value>", "override a value of dinc.yaml or of train { … }; repeatable", collect, [])
    .addOption(paramOption())
    .addOption(variantOption())
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(wideVectorsOption())
    .option("--seed <n>", "seed of everything random", wholeNumber)
    .option("--limit <rows>", "use the first rows of each split only", positiveWholeNumber)
    .addOption(badRowOption("`data.on_bad_row` of dinc.yaml, or fail"))
    .option("--force", "train all runs anew")
    .option(
      "--checkpoint-every <seconds>",
      "how often to write a checkpoint, besides after each epoch",
      positiveNumber,
      60,
    )
    .addOption(new Option("--format <format>", "how to print").choices(["pretty", "json"]).default("pretty"))
    .action(async (spec: string | undefined, options) =>
      done(await (await import("./commands/ablate.ts")).ablate(spec, options, terminal)),
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
    .addOption(new Option("--format <format>", "how to print").choices(["pretty", "json"]).default("pretty"))
    .action(async (folder: string, options) =>
      done(await (await import("./commands/runs.ts")).runs(folder, options, terminal)),
    );

  command(
    "diff",
    "Show how two runs differ, and what may explain their metrics.",
    "dinc diff monday-run tuesday-run",
    "dinc diff base wide --format json",
  )
    .argument("<a>", "a run folder, as dinc train writes it")
    .argument("<b>", "another")
    .addOption(new Option("--format <format>", "how to print").choices(["pretty", "json"]).default("pretty"))
    .addHelpText("after", "\nExit code: 0 the same model, 1 they differ, 2 one cannot be read.")
    .action(async (a: string, b: string, options) =>
      done(await (await import("./commands/diff.ts")).diff([a, b], options, terminal)),
    );
}
