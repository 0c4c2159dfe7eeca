// A run as what targets are made from.

import type { TrainedModel } from "../../compiler/backends/contract/trained-model.ts";
import type { OpenRun } from "./open-run.ts";
import { runFiles } from "./run-folder.ts";

/** So many digits of the hash of a run's weights tell it from every other. */
const RUN_DIGITS = 16;

export function trainedModelOf({
  run,
  model,
  predict,
  parameters,
  tables,
  uncalibrated,
}: OpenRun): TrainedModel {
  const { hash } = run.manifest.files[runFiles.weights]!;
  return {
    ...{ model, fitted: run.fitted, predict, parameters, tables },
    run: hash.slice(0, RUN_DIGITS),
    calibration: uncalibrated === null ? null : run.calibration,
  };
}
