// Makes the contents of a run folder from a finished training.

import type { ParameterValues, TrainingBackend } from "../../compiler/backends/contract/session.ts";
import { invariant } from "../../compiler/common/internal-error.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { graphHash } from "../../compiler/middle/build/graph-hash.ts";
import type { Graph } from "../../compiler/middle/graph/graph.ts";
import { sizeOf } from "../../compiler/middle/graph/types.ts";
import type { TrainingProgram } from "../../compiler/middle/programs/program.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { specText } from "../../compiler/tools/fmt/flatten.ts";
import type { TrainResult } from "../../compiler/train/epochs.ts";
import type { MetricDetails } from "../../compiler/train/metrics/evaluate.ts";
import type { Evaluation } from "../../compiler/train/score.ts";
import type { EpochResult } from "../../compiler/train/state.ts";
import type { Titles } from "../data/titles.ts";
import type { ReportData, TrainingData } from "../data/training-data.ts";
import type { Baseline } from "../run/baseline.ts";
import type { Environment } from "../run/environment.ts";
import type { StateTensors } from "../run/optimizer-file.ts";
import type { FromRecord } from "../run/run-folder.ts";
import type { Tensor } from "../run/safetensors.ts";
import type { RunContents } from "../run/write-run.ts";
import { metricDetails, metricValues } from "../train/metrics/metric-columns.ts";

export interface FinishedTraining {
  readonly model: Model;
  readonly program: TrainingProgram;
  readonly data: ReportData & Pick<TrainingData, "fingerprint">;
  readonly result: TrainResult;
  /** By table: how many rows began as vectors of a file; none where it is not there. */
  readonly given: ReadonlyMap<string, number>;
  readonly backend: TrainingBackend;
  /** How it went on from another run; null where weights began at random. */
  readonly from: FromRecord | null;
  /** What a training that goes on from it reads; null where that is not kept. */
  readonly state: StateTensors | null;
  /** What trained the model, where that was another program than dinc. */
  readonly trainer?: string;
  /** Where the model was trained. */
  readonly environment: Environment;
  /** Version of dinc. */
  readonly compiler: string;
  /** Bytes that the process had at most so far. */
  readonly peakMemory: () => number;
  /** What items are called; null where only their ids are known. */
  readonly titles: Titles | null;
  /** What the training rows held, where they were read here. */
  readonly baseline: Baseline | null;
  /** Sentences for the report. */
  readonly notes: readonly string[];
  /** Gets a line now and then while the report is made. */
  readonly onProgress: (line: string) => void;
}

/** Without what is known when all else is made. */
type TrainedManifest = Omit<RunContents["manifest"], "peakMemory">;

export async function runContents(training: FinishedTraining): Promise<RunContents> {
  const { model, program, data, result } = training;
  const manifest = manifestOf(training);
  const spec = { path: model.file.path, text: specText(model) };
  const report = await reportOf(training, manifest, spec);
  return {
    spec,
    fitted: data.fitted,
    tables: [...result.tables.values()].map(({ spec: { name, rows, width }, values }) => ({
      name,
      rows,
      width,
      values,
    })),
    parameters: parametersOf(program.step, result.parameters),
    // The report takes memory, too.
    manifest: { ...manifest, peakMemory: training.peakMemory() },
    evaluations: [...begunLines(result.begun), ...result.epochs.flatMap(evaluationLines)],
    state: training.state,
    report,
    baseline: training.baseline,
  };
}

/** What draws it takes a while to load, and only a training needs it. */
async function reportOf(
  { model, program, data, result, backend, titles, notes, onProgress }: FinishedTraining,
  manifest: TrainedManifest,
  spec: RunContents["spec"],
): Promise<string> {
  const { findingsOf } = await import("../report/findings.ts");
  const { reportHtml } = await import("../report/report.ts");
  const { tables, parameters, epochs } = result;
  const findings = await findingsOf({
    model,
    program,
    data,
    tables,
    parameters,
    backend,
    titles,
    onProgress,
  });
  onProgress("report: drawing");
  return reportHtml({ manifest, spec, doc: model.doc, epochs, begun: result.begun, findings, notes });
}

function manifestOf({
  model,
  program,
  data,
  result,
  given,
  from,
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
    // The step that was run has a form that goes by how many rows of tables a batch has.
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
    stopped: result.stopped,
    metrics: metricValues(evaluations, split),
    details: metricDetails(evaluations, split),
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

/** Of the weights before the first step, which is told as an epoch 0 without a loss. */
function begunLines(begun: readonly Evaluation[]): object[] {
  return begun.map((evaluation) => ({ epoch: 0, ...measuredOf(evaluation) }));
}

function evaluationLines({ epoch, loss, terms, seconds, evaluations }: EpochResult): object[] {
  const trained = {
    epoch,
    train_loss: loss,
    ...(terms.size === 0 ? {} : { train_losses: Object.fromEntries(terms) }),
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

/** Flat, as those who read lines into a table want it: `auc_low`, `auc_high`, `gauc_groups`, `gauc_groups_skipped`. */
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
