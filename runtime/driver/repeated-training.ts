// One of several trainings whose runs are in one folder: a run that is complete is taken, so that the same command goes on.

import {
  DiagnosticError,
  type DiagnosticKind,
  diagnose,
  noLocation,
} from "../../compiler/diagnostics/diagnostic.ts";
import { specText } from "../../compiler/tools/fmt/flatten.ts";
import { howRead, partText } from "../data/data-fingerprint.ts";
import { readRun } from "../run/read-run.ts";
import { isRun } from "../run/write-run.ts";
import type { PreparationRequest } from "./prepare.ts";
import { readDifferences } from "./read-otherwise.ts";
import { withSeed } from "./read-spec.ts";
import { type TrainOptions, trainAsked } from "./train.ts";

/**
 * Trains into the folder `run`. A complete run of the same training is taken, an interrupted one resumed, unless `force` is given.
 * Throws as `train` does, and DiagnosticError of the kind `ofOther` where the folder holds the run of another training.
 */
export async function trainInto(
  run: string,
  asked: PreparationRequest,
  options: TrainOptions,
  ofOther: DiagnosticKind<{ path: string }>,
): Promise<void> {
  const isAnew = options.force === true;
  if (!isAnew && (await isRun(run))) {
    const { spec, manifest } = await readRun(run);
    const model = withSeed(asked.model, options.seed);
    const now = howRead(model, asked.source!.data, null);
    const isSame =
      spec.text === specText(model) &&
      JSON.stringify(manifest.settings) === JSON.stringify(model.train) &&
      partText(manifest.data.validate) === partText(now.validate) &&
      partText(manifest.data.holdOut ?? null) === partText(now.holdOut ?? null) &&
      readDifferences(manifest.data, now, true).length === 0;
    if (!isSame) throw new DiagnosticError([diagnose(ofOther, { path: run }, noLocation)]);
    return;
  }
  await trainAsked(asked, { ...options, out: run, goesOn: true }, !isAnew);
}
