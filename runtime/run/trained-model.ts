// A run in the form that compile targets use.

import type { TrainedModel, Usual } from "../../compiler/backends/contract/trained-model.ts";
import type { Profile } from "../../compiler/data/profile.ts";
import { hasBaseline, readBaseline } from "./baseline.ts";
import type { OpenRun } from "./open-run.ts";
import { runName } from "./run-files.ts";

/**
 * Includes the statistics of the training rows if the run has them. Throws DiagnosticError if these were
 * changed.
 */
export async function trainedModelOf(opened: OpenRun): Promise<TrainedModel> {
  const { run, model, predict, parameters, tables, uncalibrated } = opened;
  const baseline = hasBaseline(opened) ? await readBaseline(opened) : null;
  return {
    ...{ model, fitted: run.fitted, predict, parameters, tables },
    run: runName(run.manifest),
    calibration: uncalibrated === null ? null : run.calibration,
    usual: baseline === null ? null : usualOf(baseline),
    padding: run.manifest.data.lists?.padding ?? null,
  };
}

function usualOf({ columns }: Profile): Usual {
  const [values, numbers] = [new Map<string, readonly string[]>(), new Map<string, readonly number[]>()];
  for (const { column, bins, numbers: all } of columns) {
    if (bins.by === "values") values.set(column, bins.values);
    else if (all !== null) numbers.set(column, [all.least, all.largest, ...bins.bounds]);
  }
  return { values, numbers };
}
