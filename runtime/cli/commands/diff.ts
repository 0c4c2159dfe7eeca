// dinc diff RUN RUN: how two runs differ and, where what came of them does, why that may be.

import { DiagnosticError } from "../../../compiler/diagnostics/diagnostic.ts";
import { compareRuns } from "../../driver/compare.ts";
import { comparisonText } from "../comparison-text.ts";
import { exitCodes } from "../exit-codes.ts";
import { unifiedDiff } from "../line-diff.ts";
import { printDiagnostics } from "../print-diagnostics.ts";
import type { Terminal } from "../terminal.ts";

export interface DiffOptions {
  readonly format: "pretty" | "json";
}

export async function diff(
  folders: readonly [a: string, b: string],
  options: DiffOptions,
  terminal: Terminal,
): Promise<number> {
  try {
    const { runs, ...comparison } = await compareRuns(...folders);
    const [a, b] = runs;
    const specDiff = unifiedDiff([a.spec.path, b.spec.path], a.spec.text, b.spec.text);
    if (options.format === "json")
      terminal.out(`${JSON.stringify({ version: 1, runs: folders, ...comparison, specDiff }, null, 2)}\n`);
    else terminal.out(comparisonText(folders, [a.manifest, b.manifest], comparison, specDiff));
    return comparison.same ? exitCodes.clean : exitCodes.differ;
  } catch (error) {
    // As of diff(1) and cmp(1), 1 says that the two differ.
    if (!(error instanceof DiagnosticError)) throw error;
    printDiagnostics(error.diagnostics, terminal);
    return exitCodes.usage;
  }
}
