// A run ready to score with: read, its spec checked again, its weights compared with what the model needs.

import type { ParameterValues } from "../../compiler/backends/contract/session.ts";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { runMismatch } from "../../compiler/diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, hasErrors, nowhere } from "../../compiler/diagnostics/diagnostic.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { tablesOf } from "../../compiler/frontend/kinds/model-queries.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import type { TrainingProgram } from "../../compiler/middle/programs/program.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { initialParameters } from "../train/initial.ts";
import { type HostTable, tableOf } from "../train/tables.ts";
import { readRun } from "./read-run.ts";
import { type Run, runFiles } from "./run-folder.ts";

export interface OpenRun {
  readonly folder: string;
  readonly run: Run;
  readonly model: Model;
  readonly program: TrainingProgram;
  readonly tables: ReadonlyMap<string, HostTable>;
  /** Every parameter of the program: the run's weights and statistics, optimizer slots as at the start. */
  readonly parameters: ParameterValues;
}

/** A run by its folder, or one that is open already. */
export function openedRun(run: OpenRun | string): Promise<OpenRun> {
  return typeof run === "string" ? openRun(run) : Promise.resolve(run);
}

/** Throws DiagnosticError where the run is damaged or does not fit together. */
export async function openRun(folder: string): Promise<OpenRun> {
  const run = await readRun(folder);
  const { value: model, diagnostics } = check(sourceFile(run.spec.path, run.spec.text));
  if (model === null) throw new DiagnosticError(diagnostics.filter((diagnostic) => hasErrors([diagnostic])));
  const program = trainingProgram(lower(model), model);
  const mismatch = (reason: string) =>
    new DiagnosticError([diagnose(runMismatch, { path: `${folder}/${runFiles.weights}`, reason }, nowhere)]);
  return {
    folder,
    run,
    model,
    program,
    tables: fittingTables(run, model, program, mismatch),
    parameters: fittingParameters(run, program, mismatch),
  };
}

function fittingTables(
  { tables, fitted }: Run,
  model: Model,
  program: TrainingProgram,
  mismatch: (reason: string) => Error,
): Map<string, HostTable> {
  const fitting = new Map<string, HostTable>();
  for (const spec of tablesOf(model, fitted)) {
    if (!program.tables.includes(spec.name)) continue;
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
  program: TrainingProgram,
  mismatch: (reason: string) => Error,
): ParameterValues {
  // Slots start as in training; every other value is replaced.
  const values = new Map(initialParameters(program.step, 0));
  for (const { name, dims, role } of program.step.parameters.values()) {
    if (role === "slot") continue;
    const found = parameters.get(name);
    if (found === undefined) throw mismatch(`lacks the parameter ${name}`);
    if (found.dims.join() !== dims.join())
      throw mismatch(`has ${name} in shape [${found.dims.join(", ")}] instead of [${dims.join(", ")}]`);
    values.set(name, found.values);
  }
  return values;
}
