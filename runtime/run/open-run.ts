// Opens a run for scoring: reads it, checks its spec again, and compares its weights with the model.

import type { ParameterValues } from "../../compiler/backends/contract/session.ts";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { runDamaged, runMismatch } from "../../compiler/diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, hasErrors, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { tablesOf } from "../../compiler/frontend/kinds/model-queries.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import type { Calibration } from "../../compiler/middle/calibration/curve.ts";
import type { ValidGraph } from "../../compiler/middle/graph/graph.ts";
import { predictionProgram, tablesIn } from "../../compiler/middle/programs/step.ts";
import { type HostTable, tableOf } from "../../compiler/train/tables.ts";
import { calibratedParts, fitsModel } from "./calibrated-run.ts";
import { readRun, unusable } from "./read-run.ts";
import { type Run, runFiles } from "./run-folder.ts";

export interface OpenRun {
  readonly folder: string;
  readonly run: Run;
  readonly model: Model;
  /** The logits of example rows (`TrainingProgram.predict`), with the run's calibration if it has one. */
  readonly predict: ValidGraph;
  /** The tables that a prediction reads. */
  readonly tables: ReadonlyMap<string, HostTable>;
  /** The parameters of `predict`. */
  readonly parameters: ParameterValues;
  /** The run without its calibration; null if this is it. */
  readonly uncalibrated: OpenRun | null;
}

/** Opens a run by its folder, or returns an open one; without its calibration if requested. */
export async function openedRun(
  run: OpenRun | string,
  { uncalibrated = false }: { readonly uncalibrated?: boolean } = {},
): Promise<OpenRun> {
  const opened = typeof run === "string" ? await openRun(run, { uncalibrated }) : run;
  return uncalibrated ? (opened.uncalibrated ?? opened) : opened;
}

/** Throws DiagnosticError if the run is damaged or inconsistent. `uncalibrated` ignores its calibration. */
export async function openRun(
  folder: string,
  options: { readonly uncalibrated?: boolean } = {},
): Promise<OpenRun> {
  const run = await readRun(folder, options);
  const { value: model, diagnostics } = check(sourceFile(run.spec.path, run.spec.text));
  if (model === null) throw new DiagnosticError(diagnostics.filter((diagnostic) => hasErrors([diagnostic])));
  const predict = predictionProgram(lower(model), model);
  const mismatch = (reason: string) =>
    new DiagnosticError([
      diagnose(runMismatch, { path: `${folder}/${runFiles.weights}`, reason }, noLocation),
    ]);
  const opened: OpenRun = {
    folder,
    run,
    model,
    predict,
    tables: fittingTables(run, model, predict, mismatch),
    parameters: fittingParameters(run, predict, mismatch),
    uncalibrated: null,
  };
  const { calibration } = run;
  if (calibration === null) return opened;
  if (fitsModel(model, run.fitted, calibration)) return calibratedRun(opened, calibration);
  const path = `${folder}/${runFiles.calibration}`;
  const reason = unusable("does not fit the model", folder);
  throw new DiagnosticError([diagnose(runDamaged, { path, reason }, noLocation)]);
}

/** `run` must not be calibrated. */
export function calibratedRun(run: OpenRun, calibration: Calibration): OpenRun {
  return { ...calibratedParts(run, run.run.fitted, calibration), uncalibrated: run };
}

function fittingTables(
  { tables, fitted }: Run,
  model: Model,
  predict: ValidGraph,
  mismatch: (reason: string) => Error,
): Map<string, HostTable> {
  const fitting = new Map<string, HostTable>();
  const read = tablesIn(predict);
  for (const spec of tablesOf(model, fitted)) {
    if (!read.includes(spec.name)) continue;
    const found = tables.find((table) => table.name === spec.name);
    if (found === undefined) throw mismatch(`lacks the table of ${spec.name}`);
    if (found.rows !== spec.rows || found.width !== spec.width)
      throw mismatch(
        `has a table of ${found.rows} × ${found.width} for ${spec.name}, which needs ${spec.rows} × ${spec.width}`,
      );
    fitting.set(spec.name, tableOf(spec, found.values));
  }
  return fitting;
}

function fittingParameters(
  { parameters }: Run,
  predict: ValidGraph,
  mismatch: (reason: string) => Error,
): ParameterValues {
  const values = new Map<string, Float32Array>();
  for (const { name, dims } of predict.parameters.values()) {
    const found = parameters.get(name);
    if (found === undefined) throw mismatch(`lacks the parameter ${name}`);
    if (found.dims.join() !== dims.join())
      throw mismatch(`has ${name} in shape [${found.dims.join(", ")}] instead of [${dims.join(", ")}]`);
    values.set(name, found.values);
  }
  return values;
}
