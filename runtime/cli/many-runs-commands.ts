// The commands about many runs: lists of them, two of them side by side.

import { type Command, Option } from "commander";
import { collect } from "./options.ts";
import type { Terminal } from "./terminal.ts";

/** Adds them by `command`. */
export function manyRunsCommands(
  command: (usage: string, description: string, ...examples: string[]) => Command,
  done: (code: number) => void,
  terminal: Terminal,
): void {
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
