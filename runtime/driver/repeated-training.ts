// Trains one of several runs in the same folder. A complete run is reused, so that repeating the command
// continues.

import { join } from "node:path";
import {
  DiagnosticError,
  type DiagnosticKind,
  diagnose,
  noLocation,
} from "../../compiler/diagnostics/diagnostic.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { specText } from "../../compiler/tools/fmt/flatten.ts";
import { type DataFingerprint, howRead, partText } from "../data/data-fingerprint.ts";
import { writeAtomically } from "../files/atomic.ts";
import { unwritable } from "../files/unwritable.ts";
import { readRun } from "../run/read-run.ts";
import type { SplitMetrics } from "../run/run-summary.ts";
import { isRun } from "../run/write-run.ts";
import { Prepared } from "./prepare.ts";
import { readDifferences } from "./read-otherwise.ts";
import { withSeed } from "./read-spec.ts";
import { type TrainOptions, trainRun } from "./train-run.ts";
import type { TrainingRequest } from "./training-request.ts";

/**
 * Trains into the folder `run`, for a request or on rows that are read. A complete run of the same training
 * is reused and an interrupted one is resumed, unless `force` is given. Throws like `train`, and
 * DiagnosticError of the kind `ofOther` if the folder contains the run of another training.
 */
export async function ensureRun(
  run: string,
  training: TrainingRequest | Prepared,
  options: Omit<TrainOptions, "out">,
  ofOther: DiagnosticKind<{ path: string }>,
): Promise<void> {
  const isAnew = options.force === true;
  if (!isAnew && (await isRun(run))) {
    const model = withSeed(training.model, options.seed);
    if (!(await isRunOf(run, model, training)))
      throw new DiagnosticError([diagnose(ofOther, { path: run }, noLocation)]);
    return;
  }
  await trainRun(training, { ...options, out: run, goesOn: true }, !isAnew);
}

async function isRunOf(run: string, model: Model, training: TrainingRequest | Prepared): Promise<boolean> {
  const { spec, manifest } = await readRun(run);
  const { data } = manifest;
  const isRead = training instanceof Prepared;
  const now = isRead ? training.data.fingerprint : howRead(model, training.source!.data, null);
  return (
    spec.text === specText(model) &&
    JSON.stringify(manifest.settings) === JSON.stringify(model.train) &&
    partText(data.validate) === partText(now.validate) &&
    partText(data.holdOut ?? null) === partText(now.holdOut ?? null) &&
    (!isRead || rowsText(data) === rowsText(training.data.fingerprint)) &&
    readDifferences(data, now, true).length === 0
  );
}

/** Describes the number of rows and the contents of their files, wherever the files are. */
export function rowsText({ trainRows, validRows, testRows, files }: DataFingerprint): string {
  return JSON.stringify([trainRows, validRows, testRows, files.map(({ hash }) => hash)]);
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
