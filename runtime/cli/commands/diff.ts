// dinc diff RUN RUN: the differences between two runs, and possible causes if their results differ. With
// rows, it also tests whether the difference is more than chance.

import { UsageError } from "../../../compiler/common/usage-error.ts";
import { DiagnosticError } from "../../../compiler/diagnostics/diagnostic.ts";
import { compareRuns } from "../../driver/compare.ts";
import { type PairedTest, type PairedTestOptions, pairedTest } from "../../driver/paired-test.ts";
import { comparisonText } from "../comparison-text.ts";
import { exitCodes } from "../exit-codes.ts";
import { unifiedDiff } from "../line-diff.ts";
import { noiseTable, UNMEASURED } from "../noise-text.ts";
import { pairedText } from "../paired-text.ts";
import { printDiagnostics } from "../print-diagnostics.ts";
import type { RowsCommandOptions } from "../rows-options.ts";
import type { Terminal } from "../terminal.ts";
import { terminalWatch } from "../terminal-watch.ts";

export interface DiffOptions
  extends RowsCommandOptions,
    Pick<PairedTestOptions, "resamples" | "seed" | "onBadRow"> {
  readonly noise?: string;
  readonly format: "pretty" | "json";
}

export async function diff(
  folders: readonly [a: string, b: string],
  options: DiffOptions,
  terminal: Terminal,
): Promise<number> {
  try {
    const { runs, ...comparison } = await compareRuns(...folders, options);
    const [a, b] = runs;
    const specDiff = unifiedDiff([a.spec.path, b.spec.path], a.spec.text, b.spec.text);
    const paired = await testOf(folders, options, terminal);
    if (options.format === "json")
      terminal.out(
        `${JSON.stringify({ version: 1, runs: folders, ...comparison, specDiff, paired }, null, 2)}\n`,
      );
    else {
      terminal.out(
        comparisonText(folders, [a.manifest, b.manifest], comparison, specDiff, comparison.serving),
      );
      if (comparison.noise !== null) terminal.out(noiseTable(comparison.noise));
      else if (comparison.metrics.some(({ difference }) => difference !== null && difference !== 0))
        terminal.say(UNMEASURED);
      if (paired !== null) terminal.out(pairedText(paired, rowsText(options, paired)));
    }
    return comparison.same ? exitCodes.clean : exitCodes.differ;
  } catch (error) {
    // Like diff(1) and cmp(1), dinc diff exits with 1 if the two differ.
    if (!(error instanceof DiagnosticError)) throw error;
    printDiagnostics(error.diagnostics, terminal);
    return exitCodes.usage;
  }
}

/** Null if no rows are given. */
async function testOf(
  folders: readonly [a: string, b: string],
  options: DiffOptions,
  terminal: Terminal,
): Promise<PairedTest | null> {
  const { data, config, rows, resamples, seed } = options;
  if (data !== undefined || config !== undefined || rows !== undefined)
    return pairedTest(...folders, { ...options, ...terminalWatch(terminal) });
  if (resamples !== undefined || seed !== undefined)
    throw new UsageError(
      "--resamples and --seed are about rows that both runs score: name them with --data, -c or --rows",
    );
  return null;
}

/** `the test rows of dinc.yaml`, `test.csv` */
function rowsText({ data, config, rows }: DiffOptions, { split }: PairedTest): string {
  return data ?? `the ${split} rows of ${config ?? rows}`;
}
