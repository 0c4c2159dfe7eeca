// Compares two runs.

import { comparisonOf, type RunComparison } from "../run/compare-runs.ts";
import type { OpenRun } from "../run/open-run.ts";
import { readRun } from "../run/read-run.ts";
import type { Run } from "../run/run-folder.ts";
import { type Serving, servingOfRuns } from "./serving.ts";

export interface ComparedRuns extends RunComparison {
  /** What the folders hold, in the order in which they were given. */
  readonly runs: readonly [a: Run, b: Run];
  /** Whether the module compiled from a serves b; null where one of them cannot be compiled. */
  readonly serving: Serving | null;
}

/**
 * Compares two runs, by their folders or opened: what they were made from, what they learned, their metrics.
 * Throws DiagnosticError where one cannot be read.
 */
export async function compareRuns(a: OpenRun | string, b: OpenRun | string): Promise<ComparedRuns> {
  const runs = [await runOf(a), await runOf(b)] as const;
  return { ...comparisonOf(...runs), runs, serving: await servingOfRuns(a, b) };
}

async function runOf(run: OpenRun | string): Promise<Run> {
  return typeof run === "string" ? readRun(run) : run.run;
}
