// Imports a training of a TorchRec package: checks its output, scores its golden rows again, measures the
// model on the prepared rows, and leaves a complete run folder or none.

import { isDeepStrictEqual } from "node:util";
import type { EngineName } from "../../compiler/backends/choices.ts";
import type { TrainingBackend } from "../../compiler/backends/contract/session.ts";
import { append } from "../../compiler/common/arrays.ts";
import { sourceFile } from "../../compiler/common/source-file.ts";
import {
  goldenDiffers,
  importedMetricsDiffer,
  trainingOtherNetwork,
} from "../../compiler/diagnostics/catalog/import.ts";
import { DiagnosticError, diagnose, hasErrors, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { measuredBy, measuredPredictions } from "../../compiler/frontend/labels/registry.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { graphHash } from "../../compiler/middle/builder/graph-hash.ts";
import type { TrainingProgram } from "../../compiler/middle/programs/program.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import { withLearningRate } from "../../compiler/middle/training/optimizers/registry.ts";
import { describeStop } from "../../compiler/train/early-stop.ts";
import { resamplesFor } from "../../compiler/train/metrics/bootstrap.ts";
import { type Evaluation, type EvaluationProgress, evaluateScores } from "../../compiler/train/score.ts";
import type { EpochResult } from "../../compiler/train/state.ts";
import { chooseBackend } from "../engines/choose.ts";
import type { EngineOptions } from "../engines/options.ts";
import { Scratch } from "../files/scratch.ts";
import { version } from "../files/version.ts";
import type { RunEnvironment } from "../run/environment.ts";
import { peakMemory } from "../run/environment.ts";
import { compareGolden, type GoldenComparison, goldenRows } from "../run/golden-rows.ts";
import { scoreRun } from "../run/score-run.ts";
import { trainedEpochs } from "../run/trained-epochs.ts";
import {
  type TorchEnvironment,
  TrainedFolder,
  type TrainedRecord,
  trainedFiles,
} from "../run/trained-folder.ts";
import { type TrainedWeights, trainedWeights } from "../run/trained-weights.ts";
import { claimRun, writeRun } from "../run/write-run.ts";
import { openMeasuring } from "../train/metrics/metrics-thread.ts";
import { currentName } from "./engine-names.ts";
import { tellDiagnostics, throwIfStopped, unlessStopped, type Watch, withFindingEvents } from "./events.ts";
import { type ImportedData, type ImportedDataOptions, importRows } from "./import-rows.ts";
import { leftOutNotes } from "./left-out.ts";
import { describeTruth, metricNotes } from "./metric-notes.ts";
import { runContents } from "./run-contents.ts";
import { evaluatedSplits, type TrainedRun } from "./train-run.ts";

export interface ImportOptions extends ImportedDataOptions, EngineOptions {
  /** The run folder to write. */
  readonly out: string;
  /** Replaces an existing run. */
  readonly force?: boolean;
  /**
   * The engine that measures the model now and scores rows later; `auto`, the default, chooses the faster
   * one.
   */
  readonly backend?: EngineName | "auto";
}

export interface ImportedRun extends TrainedRun {
  /** The agreement of the golden rows. */
  readonly golden: GoldenComparison;
}

/** A metric over all rows may differ by this much because of rounding. */
const METRIC_TOLERANCE = 1e-3;

/**
 * Imports the training that `torchrun` wrote to `folder`, and writes the run folder `out`, as `train` writes
 * it. Throws DiagnosticError for mistakes in the folder, the rows or `out`, and `Stopped` if the signal is
 * aborted; then nothing is written.
 */
export async function importRun(folder: string, options: ImportOptions): Promise<ImportedRun> {
  const release = await claimRun(options.out, options.force === true);
  const columns = new Scratch();
  try {
    return await imported(folder, columns, options);
  } finally {
    columns.remove();
    release();
  }
}

async function imported(folder: string, columns: Scratch, options: ImportOptions): Promise<ImportedRun> {
  const started = performance.now();
  const { out, onEvent, force = false } = options;
  const trained = await TrainedFolder.open(folder);
  const { record } = trained;
  const { stopped, seconds, samplesPerSecond } = record;
  const { model, program } = modelOf(trained);
  const measured = { predictions: measuredPredictions(model), epochs: record.epochs };
  const epochs = await trained.text("metrics.jsonl", (text) => trainedEpochs(text, measured));
  const backend = await backendOf(program, options);
  onEvent?.({
    kind: "backend",
    model: model.name,
    name: backend.name,
    description: backend.description,
    reason: backend.reason,
  });
  const data = await importRows(model, record, columns, options);
  throwIfStopped(options);
  onEvent?.({ kind: "activity", text: "checking weights" });
  const weights = await trainedWeights(trained, model, program, data.fitted);
  const golden = await checkedGolden(trained, { model, program, weights });
  throwIfStopped(options);
  const evaluations = await evaluated({ model, program, weights, data, backend }, options);
  tellDifferences(epochs[record.epoch - 1]!, evaluations, options);
  const kept = epochs.map((each) => (each.epoch === record.epoch ? { ...each, evaluations } : each));
  const notes = notesOf(record, model, data, evaluations, golden);
  const contents = await runContents({
    model: { ...model, parent: record.parent },
    program,
    data,
    result: {
      ...{ ...weights, begun: [], epochs: kept, kept: record.epoch, stopped, interrupted: null },
      ...{ seconds, samplesPerSecond },
    },
    given: new Map(Object.entries(record.given)),
    backend,
    ...{ from: null, state: null },
    trainer: trainedBy(record.environment),
    environment: environmentOf(record),
    compiler: version(),
    peakMemory,
    baseline: data.baseline,
    titles: data.titles,
    notes,
    onProgress: (text) => onEvent?.({ kind: "activity", text }),
  });
  throwIfStopped(options);
  onEvent?.({ kind: "writing", path: out });
  await writeRun(out, contents, force);
  return {
    ...{ folder: out, epochs: kept, kept: record.epoch, evaluations, stopped, notes, golden },
    ...{ begun: [], continuation: null },
    seconds: (performance.now() - started) / 1000,
    peakMemory: peakMemory(),
  };
}

/** The model of the trained spec with its settings; its network must be the one that was trained. */
function modelOf(trained: TrainedFolder): { readonly model: Model; readonly program: TrainingProgram } {
  const { spec, overrides, settings, graphHash: graph, stepHash: step, compiler } = trained.record;
  const refuse = (what: "spec" | "network" | "step" | "settings", mistake: string | null = null) => {
    const path = trained.path(trainedFiles.record);
    const parameters = { path, what, mistake, trained: compiler, here: version() };
    return new DiagnosticError([diagnose(trainingOtherNetwork, parameters, noLocation)]);
  };
  const { value, diagnostics } = check(sourceFile(spec.path, spec.text));
  if (value === null) throw refuse("spec", diagnostics.find((each) => hasErrors([each]))?.message);
  const { epochs, batch, seed, learningRate } = overrides;
  const optimizer = withLearningRate(value.train.optimizer, learningRate);
  const model = { ...value, train: { ...value.train, epochs, batch, seed, optimizer } };
  if (!isDeepStrictEqual(JSON.parse(JSON.stringify(model.train)), settings)) throw refuse("settings");
  const program = trainingProgram(lower(model), model);
  if (graphHash(program.predict) !== graph) throw refuse("network");
  if (graphHash(program.step) !== step) throw refuse("step");
  return { model, program };
}

function backendOf({ predict }: TrainingProgram, options: ImportOptions): Promise<TrainingBackend> {
  const choice = currentName(options.backend ?? "auto", "caller", options);
  return chooseBackend(
    choice === "auto" ? { trainedBy: null, graph: predict } : choice,
    withFindingEvents(options),
  );
}

interface Imported {
  readonly model: Model;
  readonly program: TrainingProgram;
  readonly weights: TrainedWeights;
}

async function checkedGolden(
  trained: TrainedFolder,
  { model, program: { predict }, weights }: Imported,
): Promise<GoldenComparison> {
  const weighted = { model, predict, ...weights };
  const rows = await trained.text("golden.json", (text) => goldenRows(text, weighted));
  const compared = compareGolden(rows, weighted);
  if (compared.difference !== null)
    throw new DiagnosticError([diagnose(goldenDiffers, compared.difference, noLocation)]);
  return compared;
}

/** Computes what `dinc eval` gives for the run. */
async function evaluated(
  { model, program: { predict }, weights, data, backend }: Imported & Opened,
  options: ImportOptions,
): Promise<readonly Evaluation[]> {
  const { seed } = model.train;
  const by = (label: string) => measuredBy(model, label);
  const measuring = openMeasuring();
  const evaluations: Evaluation[] = [];
  try {
    for (const { split, data: rows } of evaluatedSplits(data)) {
      const onProgress = (progress: EvaluationProgress) => options.onEvent?.({ kind: "measuring", progress });
      const scores = await scoreRun({ model, predict, ...weights }, rows, backend, (scored) => {
        throwIfStopped(options);
        onProgress({ kind: "scoring", rows: scored, of: rows.rows });
      });
      const resampling = { seed, resamples: resamplesFor(rows.rows) };
      const measures = { by, resampling, measure: measuring.measure, onProgress };
      append(evaluations, await unlessStopped(evaluateScores(split, rows, scores, measures), options));
    }
  } finally {
    await measuring.close();
  }
  return evaluations;
}

interface Opened {
  readonly data: ImportedData;
  readonly backend: TrainingBackend;
}

/** Warns of metrics that differ by more than rounding from those of the training. */
function tellDifferences(
  { evaluations: trained }: EpochResult,
  evaluations: readonly Evaluation[],
  watch: Watch,
): void {
  const differences = evaluations.flatMap(({ split, label, values }) => {
    const other = trained.find((each) => each.split === split && each.label === label);
    return Object.entries(values).flatMap(([metric, dinc]) => {
      const torch = other?.values[metric] ?? Number.NaN;
      if (!(Math.abs(torch - dinc) > METRIC_TOLERANCE)) return [];
      return [diagnose(importedMetricsDiffer, { split, label, metric, torch, dinc }, noLocation)];
    });
  });
  tellDiagnostics(differences, watch);
}

function notesOf(
  { stopped, epochs }: TrainedRecord,
  { train, predictions }: Model,
  { truth, without, fingerprint }: ImportedData,
  evaluations: readonly Evaluation[],
  { rows, largest }: GoldenComparison,
): string[] {
  const labels = predictions.map(({ label }) => label);
  const reachable = truth === null ? null : describeTruth(truth, evaluations);
  return [
    `${rows} golden rows of the training have dinc's logits to ${largest.toExponential(1)}`,
    ...(stopped === null ? [] : [describeStop(stopped, { trained: epochs, wanted: train.epochs }, labels)]),
    ...metricNotes(evaluations),
    ...(reachable === null ? [] : [reachable]),
    ...leftOutNotes(fingerprint.leftOut ?? []),
    ...(without === null ? [] : [without]),
  ];
}

/** `PyTorch 2.14.1, TorchRec 1.9.2, FBGEMM 1.9.0, 2 processes on cpu` */
function trainedBy({ torch, torchrec, fbgemm, ranks, device }: TorchEnvironment): string {
  const processes = ranks === 1 ? "1 process" : `${ranks} processes`;
  return `PyTorch ${torch}, TorchRec ${torchrec}, FBGEMM ${fbgemm}, ${processes} on ${device}`;
}

function environmentOf({ environment }: TrainedRecord): RunEnvironment {
  const { platform, processor, ranks, python } = environment;
  return {
    node: process.version,
    platform,
    cpu: processor,
    cores: ranks,
    backend: `${trainedBy(environment)}, Python ${python}`,
    variables: {},
  };
}
