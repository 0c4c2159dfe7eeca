// Trains one of several runs in the same folder. A complete run is reused, so that repeating the command
// continues.

import { join } from "node:path";
import {
  DiagnosticError,
  type DiagnosticKind,
  diagnose,
  noLocation,
} from "../../compiler/diagnostics/diagnostic.ts";
import { specText } from "../../compiler/tools/fmt/flatten.ts";
import { howRead, partText } from "../data/data-fingerprint.ts";
import { writeAtomically } from "../files/atomic.ts";
import { unwritable } from "../files/unwritable.ts";
import { readRun } from "../run/read-run.ts";
import type { SplitMetrics } from "../run/run-summary.ts";
import { isRun } from "../run/write-run.ts";
import type { PreparationRequest } from "./prepare.ts";
import { readDifferences } from "./read-otherwise.ts";
import { withSeed } from "./read-spec.ts";
import { type TrainOptions, trainAsked } from "./train.ts";

/**
 * Trains into the folder `run`. A complete run of the same training is reused and an interrupted one is
 * resumed, unless `force` is given. Throws like `train`, and DiagnosticError of the kind `ofOther` if the
 * folder contains the run of another training.
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

/**
 * Applies `of` to the values of each metric in several trainings, by prediction and metric. Trainings where
 * it is undefined are left out.
 */
export function summarized<T>(
  all: readonly SplitMetrics[],
  of: (values: readonly number[]) => T,
): Readonly<Record<string, Readonly<Record<string, T>>>> {
  const found: Record<string, Record<string, T>> = {};
  for (const [label, metrics] of Object.entries(all[0] ?? {}))
    for (const title of Object.keys(metrics)) {
      const values = all.map((each) => each[label]?.[title] ?? null).filter((value) => value !== null);
      if (values.length > 0) (found[label] ??= {})[title] = of(values);
    }
  return found;
}

/** The mean of values, and the sum of the squares of their differences from it. */
export function meanAndSquares(values: readonly number[]): {
  readonly mean: number;
  readonly squares: number;
} {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, squares: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) };
}

/**
 * Writes the summary of several trainings to a file in their folder. Throws DiagnosticError if it can't be
 * written.
 */
export async function writeSummary(out: string, name: string, result: object): Promise<void> {
  const text = `${JSON.stringify({ version: 1, ...result }, null, 2)}\n`;
  await writeAtomically(join(out, name), text).catch((error) => {
    throw unwritable(out, error);
  });
}
