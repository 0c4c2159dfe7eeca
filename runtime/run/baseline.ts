// The baseline of a run, with which later files are compared.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runWithoutBaseline } from "../../compiler/diagnostics/catalog/expect.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { type Baseline, baselineIn } from "./baseline-text.ts";
import type { OpenRun } from "./open-run.ts";
import { requireListed } from "./read-run.ts";
import { runFiles } from "./run-folder.ts";

export function hasBaseline({ run }: OpenRun): boolean {
  return Object.hasOwn(run.manifest.files, runFiles.baseline);
}

/**
 * `ofStats`: for a comparison with a ranker's counts. Throws DiagnosticError if the run has none, or if it
 * was changed.
 */
export async function readBaseline(opened: OpenRun, ofStats = false): Promise<Baseline> {
  const { folder, run } = opened;
  if (!hasBaseline(opened))
    throw new DiagnosticError([diagnose(runWithoutBaseline, { path: folder, ofStats }, noLocation)]);
  await requireListed(folder, runFiles.baseline, run.manifest);
  return baselineIn(await readFile(join(folder, runFiles.baseline), "utf8"));
}
