// A run as what targets are made from.

import type { TrainedModel, Usual } from "../../compiler/backends/contract/trained-model.ts";
import type { Profile } from "../../compiler/data/profile.ts";
import { hasBaseline, readBaseline } from "./baseline.ts";
import type { OpenRun } from "./open-run.ts";
import { type Manifest, runFiles } from "./run-folder.ts";

/** So many digits of the hash of a run's weights tell it from every other. */
const RUN_DIGITS = 16;

/** What a compiled module calls the run (`About`).*/
export function runName({ files }: Manifest): string {
  return files[runFiles.weights]!.hash.slice(0, RUN_DIGITS);
}

/** With what its training rows held, where the run says it. Throws DiagnosticError where that was changed. */
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
