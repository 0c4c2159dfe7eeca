// First step of a training: checks spec, settings and options, and finds the rows, before any row is read.

import { option, wording } from "../../compiler/common/option-text.ts";
import type { SourceFile } from "../../compiler/common/source-file.ts";
import { UsageError } from "../../compiler/common/usage-error.ts";
import { withoutData } from "../../compiler/diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, hasErrors, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import type { BadRowPolicy } from "../../compiler/frontend/config/choices.ts";
import type { LocatedData } from "../../compiler/frontend/config/rows-description.ts";
import { trainingProblems } from "../../compiler/frontend/config/training-problems.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import type { SharedLogs } from "../data/read-data.ts";
import { PreparedFolder } from "../prepared/read-description.ts";
import { readConfiguredModel } from "./configured-model.ts";
import { tellDiagnostics, type Watch } from "./events.ts";
import type { Expected } from "./expectation-counter.ts";
import { type ContinueOptions, type EarlierRun, earlierFor } from "./from.ts";
import type { ModelOptions, ModelSource } from "./read-spec.ts";

/**
 * The data of a training and how to read them. These options override dinc.yaml, which overrides the spec.
 */
export interface PrepareOptions extends ModelOptions, ContinueOptions, Watch {
  /** dinc.yaml: its path, or its text with the path that it is relative to. */
  readonly config?: string | SourceFile;
  /** Settings that override `config`, such as `data.dir=../data` or `train.epochs=3`. */
  readonly set?: readonly string[];
  /** Seed of everything random. */
  readonly seed?: number;
  /** A folder of prepared rows, read instead of the files of `config`. */
  readonly rows?: string;
  /** The most rows of each split: its first ones. */
  readonly limit?: number;
  /** The policy for unreadable rows; by default that of dinc.yaml, or `fail`. */
  readonly onBadRow?: BadRowPolicy;
}

/** Facts about data that other trainings of the same caller read, too. */
export interface ReadWithOthers {
  readonly logs?: SharedLogs;
}

/**
 * A checked model and the location of its data: raw or, with `rows`, in a folder; `source` may then say how
 * they were read.
 */
export interface TrainingRequest {
  readonly model: Model;
  readonly source: LocatedData | null;
  readonly rows: PreparedFolder | null;
  /** The run that the training continues from; null if there is none. */
  readonly from: EarlierRun | null;
  /** The expectations of training rows, with their location. */
  readonly expected: Expected | null;
}

/** `readsData`: the files of the data must exist. */
export async function requestTraining(
  source: ModelSource | null,
  options: PrepareOptions,
  readsData = options.rows === undefined,
): Promise<TrainingRequest> {
  const { rows } = options;
  if (rows !== undefined) refuseReading(options);
  const { model, config, path } = await readConfiguredModel(source, options, readsData);
  const { data } = config;
  if (data === null && rows === undefined)
    throw new DiagnosticError([diagnose(withoutData, { path }, noLocation)]);
  const problems = trainingProblems(model, config);
  if (hasErrors(problems)) throw new DiagnosticError(problems);
  tellDiagnostics(problems, options);
  return {
    model,
    source: data === null ? null : { data, location: config.locations.data },
    rows: rows === undefined ? null : await PreparedFolder.open(rows),
    from: await earlierFor(model, options),
    expected: config.expect === null ? null : { expect: config.expect, location: config.locations.expect },
  };
}

/** Options for reading raw rows belong to the preparation of rows. */
function refuseReading({ limit, onBadRow }: PrepareOptions): void {
  const name = limit !== undefined ? "limit" : onBadRow !== undefined ? "onBadRow" : null;
  if (name !== null)
    throw new UsageError(
      wording`${option(name)} is about raw rows: give it to \`dinc prepare\`, which reads them`,
    );
}
