// Warns about options that were removed.

import { optionRemoved } from "../../compiler/diagnostics/catalog/run.ts";
import { diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { printDiagnostics } from "./print-diagnostics.ts";
import { flagOf, type OptionDescription } from "./table/describe.ts";
import type { Terminal } from "./terminal.ts";

export function tellRemoved(options: readonly OptionDescription[], terminal: Terminal): void {
  const found = options.map((option) =>
    diagnose(optionRemoved, { flag: flagOf(option), reason: option.gone! }, noLocation),
  );
  printDiagnostics(found, terminal);
}
