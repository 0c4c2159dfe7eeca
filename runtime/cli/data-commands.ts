// The commands about data.

import type { Command } from "commander";
import { collect, formatOption } from "./options.ts";
import type { Terminal } from "./terminal.ts";

/** Adds them by `command`. */
export function dataCommands(
  command: (usage: string, description: string, ...examples: string[]) => Command,
  done: (code: number) => void,
  terminal: Terminal,
): void {
  command(
    "test-data",
    "Compare a file, or what a ranker counted, with the rows that a run learned from, and with what dinc.yaml expects.",
    "dinc test-data today.csv --run my-run",
    "dinc test-data today.csv --run my-run -c dinc.yaml --format json",
    "dinc test-data --stats stats.json --run my-run",
  )
    .argument("[file]", "rows, or an event log, as those that the run learned from")
    .option("--stats <file>", "instead of rows, what `ranker.stats()` of the compiled module gave, as JSON")
    .requiredOption("--run <run>", "a run folder, as dinc train writes it")
    .option("-c, --config <file>", "dinc.yaml, for its `expect` (default: that of the training)")
    .option("--set <path=value>", "override a value of dinc.yaml; repeatable", collect, [])
    .option("--baseline <file>", "compare with this file instead of the run's training rows")
    .option("--separator <text>", "the separator of values in CSV columns (default: as in training)")
    .option(
      "--report <file>",
      "write an HTML page: the checks, and each column's histogram beside that of the training rows",
    )
    .addOption(formatOption())
    .addHelpText("after", "\nExit code: 0 all is as expected, 1 something is not, or cannot be read.")
    .action(async (file: string | undefined, options) =>
      done(await (await import("./commands/test-data.ts")).testData(file, options, terminal)),
    );
}
