// From a finished training to what its run folder says.

import { type Graph, sizeOf } from "../../compiler/graph/graph.ts";
import { invariant } from "../../compiler/internal-error.ts";
import type { Model } from "../../compiler/model/model.ts";
import { specText } from "../../compiler/reuse/flatten.ts";
import type { TrainingProgram } from "../../compiler/training/program.ts";
import type { TrainingData } from "../data/training-data.ts";
import type { EpochResult, TrainResult } from "../train/loop.ts";
import type { ParameterValues } from "../train/session.ts";
import type { GivenRows } from "../train/tables.ts";
import { graphHash } from "./graph-hash.ts";
import { metricValues } from "./metric-columns.ts";
import { reportHtml } from "./report.ts";
import type { Manifest } from "./run-folder.ts";
import type { Tensor } from "./safetensors.ts";
import type { RunContents } from "./write-run.ts";

export interface FinishedTraining {
  readonly model: Model;
  readonly program: TrainingProgram;
  readonly data: TrainingData;
  readonly result: TrainResult;
  /** By table: what its rows began as. */
  readonly vectors: ReadonlyMap<string, GivenRows>;
  readonly backend: string;
  /** Version of dinc. */
  readonly compiler: string;
  /** Sentences for the report. */
  readonly notes: readonly string[];
}

export function runContents(training: FinishedTraining): RunContents {
  const { model, program, data, result, notes } = training;
  const manifest = manifestOf(training);
  return {
    spec: { path: model.file.path, text: specText(model) },
    fitted: data.fitted,
    tables: [...result.tables.values()].map(({ spec: { name, rows, width }, values }) => ({
      name,
      rows,
      width,
      values,
    })),
    parameters: parametersOf(program.step, result.parameters),
    manifest,
    evaluations: result.epochs.flatMap(evaluationLines),
    report: reportHtml({ manifest, epochs: result.epochs, notes }),
  };
}

function manifestOf({
  model,
  program,
  data,
  result,
  vectors,
  backend,
  compiler,
}: FinishedTraining): Omit<Manifest, "files"> {
  const { evaluations } = result.epochs[result.kept - 1]!;
  const split = data.test === null ? "valid" : "test";
  return {
    version: 1,
    compiler,
    model: model.name,
    parent: model.parent,
    params: Object.fromEntries(model.params),
    graphHash: graphHash(program.predict),
    backend,
    settings: model.train,
    data: data.fingerprint,
    tables: Object.fromEntries(
      [...result.tables].map(([name, { spec }]) => [
        name,
        {
          ...{ rows: spec.rows, width: spec.width, trained: !spec.options.frozen },
          given: vectors.get(name)?.rows.length ?? 0,
        },
      ]),
    ),
    timings: { seconds: result.seconds, samplesPerSecond: result.samplesPerSecond },
    epoch: result.kept,
    stopped: result.stopped,
    metrics: metricValues(evaluations, split),
  };
}

/** Weights and statistics; what the optimizer remembers is no part of a model. */
function parametersOf({ parameters }: Graph, values: ParameterValues): Map<string, Tensor> {
  const kept = new Map<string, Tensor>();
  for (const { name, dims, role } of parameters.values()) {
    if (role === "slot") continue;
    const found = values.get(name);
    invariant(found?.length === sizeOf(dims), `the session lost parameter ${name}`);
    kept.set(name, { dims, values: found });
  }
  return kept;
}

function evaluationLines({ epoch, loss, terms, seconds, evaluations }: EpochResult): object[] {
  const trained = {
    epoch,
    train_loss: loss,
    ...(terms.size === 0 ? {} : { train_losses: Object.fromEntries(terms) }),
    train_seconds: seconds,
  };
  if (evaluations.length === 0) return [trained];
  return evaluations.map(({ split, label, rows, values, groups }) => ({
    ...trained,
    split,
    prediction: label,
    rows,
    ...values,
    ...(groups === null ? {} : { gauc_groups: groups.groups, gauc_groups_skipped: groups.skipped }),
  }));
}
