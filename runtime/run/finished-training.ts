// Selects the parts of a finished training that a run stores, whether it was trained on a machine, in a page
// or by another program. It accesses no files.

import type { ParameterValues, TrainingBackend } from "../../compiler/backends/contract/session.ts";
import { invariant } from "../../compiler/common/internal-error.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { graphHash } from "../../compiler/middle/builder/graph-hash.ts";
import type { Graph } from "../../compiler/middle/graph/graph.ts";
import { sizeOf } from "../../compiler/middle/graph/types.ts";
import type { TrainingProgram } from "../../compiler/middle/programs/program.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { specText } from "../../compiler/tools/fmt/flatten.ts";
import type { TrainResult } from "../../compiler/train/epochs.ts";
import type { MetricDetails } from "../../compiler/train/metrics/evaluate.ts";
import type { Evaluation } from "../../compiler/train/score.ts";
import type { EpochResult } from "../../compiler/train/state.ts";
import type { TrainingData } from "../data/training-data.ts";
import { metricDetails, metricValues } from "../train/metrics/metric-columns.ts";
import type { Baseline } from "./baseline-text.ts";
import type { RunEnvironment } from "./environment.ts";
import type { RunContents } from "./run-files.ts";
import type { FromRecord, PeriodRecord } from "./run-folder.ts";
import type { Tensor } from "./safetensors-bytes.ts";
import type { StateTensors } from "./state-tensors.ts";

export interface FinishedTraining {
  readonly model: Model;
  readonly program: TrainingProgram;
  /** The run's metrics are those on the test rows if there are any, otherwise on the validation rows. */
  readonly data: Pick<TrainingData, "fitted" | "fingerprint"> & { readonly test: object | null };
  readonly result: TrainResult;
  /** By table: the number of rows that began with vectors from a file; tables without any are absent. */
  readonly given: ReadonlyMap<string, number>;
  readonly backend: Pick<TrainingBackend, "name">;
  /** The record of the run that it continued from; null if weights began at random. */
  readonly from: FromRecord | null;
  /** The period of its rows; absent without `--each`. */
  readonly period?: PeriodRecord | undefined;
  /** The state for a training that continues from it; null if it is not kept. */
  readonly state: StateTensors | null;
  /** The program that trained the model, if it was not dinc. */
  readonly trainer?: string;
  /** The environment of the training. */
  readonly environment: RunEnvironment;
  /** The version of dinc. */
  readonly compiler: string;
  /** The statistics of the training rows, if they were read here. */
  readonly baseline: Baseline | null;
}

/** Without the fields that are known only at the end. */
export type TrainedManifest = Omit<RunContents["manifest"], "peakMemory">;

/** The spec in the form that the run stores. */
export function specOf(model: Model): RunContents["spec"] {
  return { path: model.file.path, text: specText(model) };
}

/** `manifest` is the result of `manifestOf` with the remaining fields. */
export function contentsOf(
  { model, program, data, result, state, baseline }: FinishedTraining,
  manifest: RunContents["manifest"],
  report: string,
): RunContents {
  return {
    ...{ spec: specOf(model), fitted: data.fitted, manifest, state, report, baseline },
    tables: [...result.tables.values()].map(({ spec: { name, rows, width }, values }) => ({
      name,
      rows,
      width,
      values,
    })),
    parameters: parametersOf(program.step, result.parameters),
    evaluations: [...begunLines(result.begun), ...result.epochs.flatMap(evaluationLines)],
  };
}

export function manifestOf({
  model,
  program,
  data,
  result,
  given,
  from,
  period,
  backend,
  trainer,
  environment,
  compiler,
}: FinishedTraining): TrainedManifest {
  const evaluations = result.epochs[result.kept - 1]?.evaluations ?? result.begun;
  const split = data.test === null ? "valid" : "test";
  return {
    compiler,
    model: model.name,
    parent: model.parent,
    params: Object.fromEntries(model.params),
    graphHash: graphHash(program.predict),
    // The hash is that of the generic step, because the form of the step that ran depends on the number of
    // table rows in a batch.
    stepHash: graphHash(trainingProgram(lower(model), model).step),
    backend: backend.name,
    ...(trainer === undefined ? {} : { trainer }),
    environment,
    settings: model.train,
    data: data.fingerprint,
    tables: Object.fromEntries(
      [...result.tables].map(([name, { spec }]) => [
        name,
        {
          ...{ rows: spec.rows, width: spec.width, trained: !spec.options.frozen },
          given: given.get(name) ?? 0,
        },
      ]),
    ),
    timings: { seconds: result.seconds, samplesPerSecond: result.samplesPerSecond },
    epoch: result.kept,
    ...(from === null ? {} : { from }),
    ...(period === undefined ? {} : { period }),
    stopped: result.stopped,
    ...(result.interrupted === null ? {} : { interrupted: result.interrupted }),
    metrics: metricValues(evaluations, split),
    details: metricDetails(evaluations, split),
  };
}

/** Weights and statistics; the optimizer's state does not belong to a model. */
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

/** The lines for the weights before the first step, which form an epoch 0 without a loss. */
function begunLines(begun: readonly Evaluation[]): object[] {
  return begun.map((evaluation) => ({ epoch: 0, ...measuredOf(evaluation) }));
}

function evaluationLines({ epoch, loss, learningRate, terms, seconds, evaluations }: EpochResult): object[] {
  const trained = {
    epoch,
    train_loss: loss,
    ...(terms.size === 0 ? {} : { train_losses: Object.fromEntries(terms) }),
    ...(learningRate === undefined ? {} : { learning_rate: learningRate }),
    train_seconds: seconds,
  };
  if (evaluations.length === 0) return [trained];
  return evaluations.map((evaluation) => ({ ...trained, ...measuredOf(evaluation) }));
}

function measuredOf(evaluation: Evaluation): object {
  return {
    split: evaluation.split,
    prediction: evaluation.label,
    rows: evaluation.rows,
    ...evaluation.values,
    ...Object.fromEntries(Object.entries(evaluation.details).flatMap(besideValue)),
  };
}

/**
 * Flat fields, for readers that turn lines into a table: `auc_low`, `auc_high`, `gauc_groups`,
 * `gauc_groups_skipped`.
 */
function besideValue([title, { interval, groups }]: [string, MetricDetails]): [string, number][] {
  return [
    ...(interval === null
      ? []
      : ([
          [`${title}_low`, interval.low],
          [`${title}_high`, interval.high],
        ] satisfies [string, number][])),
    ...(groups === null
      ? []
      : ([
          [`${title}_groups`, groups.count],
          [`${title}_groups_skipped`, groups.skipped],
        ] satisfies [string, number][])),
  ];
}
