// Compares two runs.

import { comparisonOf, type RunComparison } from "../run/compare-runs.ts";
import type { OpenRun } from "../run/open-run.ts";
import { readRun } from "../run/read-run.ts";
import type { Run } from "../run/run-folder.ts";
import { type Serving, servingOfRuns } from "./serving.ts";

export interface ComparedRuns extends RunComparison {
  /** The contents of the folders, in the given order. */
  readonly runs: readonly [a: Run, b: Run];
  /** Tells whether the module compiled from a can serve b; null if one of them cannot be compiled. */
  readonly serving: Serving | null;
}

/**
 * Compares two runs, given by their folders or opened: their inputs, their weights, their metrics. Throws
 * DiagnosticError if one cannot be read.
 */
export async function compareRuns(a: OpenRun | string, b: OpenRun | string): Promise<ComparedRuns> {
  const runs = [await runOf(a), await runOf(b)] as const;
  return { ...comparisonOf(...runs), runs, serving: await servingOfRuns(a, b) };
}

async function runOf(run: OpenRun | string): Promise<Run> {
  return typeof run === "string" ? readRun(run) : run.run;
}
