// dinc train: reads data, trains, evaluates after each epoch, and leaves a complete run folder or none.

import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import type { EngineName } from "../../../compiler/backends/choices.ts";
import { withoutData, withoutSpec } from "../../../compiler/diagnostics/catalog/run.ts";
import {
  type Diagnostic,
  DiagnosticError,
  diagnose,
  nowhere,
} from "../../../compiler/diagnostics/diagnostic.ts";
import { lower } from "../../../compiler/frontend/check/lower.ts";
import type { BadRowPolicy } from "../../../compiler/frontend/config/choices.ts";
import type { Config, DataConfig } from "../../../compiler/frontend/config/config.ts";
import { trainingProblems } from "../../../compiler/frontend/config/training-problems.ts";
import { tablesOf } from "../../../compiler/frontend/kinds/model-queries.ts";
import type { Model } from "../../../compiler/frontend/model/model.ts";
import { trainingProgram } from "../../../compiler/middle/programs/step.ts";
import type { TrainSettings } from "../../../compiler/middle/training/settings.ts";
import { BadRows } from "../../data/bad-rows.ts";
import { planBatches } from "../../data/batch-plan.ts";
import { openBatches } from "../../data/prefetch.ts";
import { readTraining } from "../../data/read-data.ts";
import { readTitles } from "../../data/titles.ts";
import type { TrainingData } from "../../data/training-data.ts";
import { readTruth } from "../../data/truth.ts";
import { readConfig } from "../../driver/read-config.ts";
import { runContents } from "../../driver/run-contents.ts";
import { chooseBackend } from "../../engines/choose.ts";
import { version } from "../../files/version.ts";
import { writeRun } from "../../run/write-run.ts";
import { describeStop } from "../../train/early-stop.ts";
import { train as runTraining } from "../../train/loop.ts";
import { lossColumns, metricCells, metricNames } from "../../train/metrics/metric-columns.ts";
import { openMeasuring } from "../../train/metrics/metrics-thread.ts";
import type { EpochResult } from "../../train/state.ts";
import { eventFileWriter, openEventFiles } from "../../train/tensorboard.ts";
import { readVectors } from "../../train/vectors.ts";
import { checkedModel } from "../checked-model.ts";
import { exitCodes } from "../exit-codes.ts";
import { type KeepOptions, KeptTraining } from "../keep-training.ts";
import { leftOutNotes } from "../left-out.ts";
import { describeTruth, intervalNotes, metricNotes } from "../metric-notes.ts";
import { trainingProgress } from "../progress.ts";
import { type ReadSpec, type ReuseOptions, readSpec, wanting } from "../read-spec.ts";
import { sayDiagnostics } from "../say-diagnostics.ts";
import type { Terminal } from "../terminal.ts";
import { duration, textTable, thousands } from "../text-table.ts";

const DEFAULT_CONFIG = "dinc.yaml";

export interface TrainCommandOptions extends ReuseOptions, KeepOptions {
  readonly config?: string;
  readonly set: readonly string[];
  readonly backend: EngineName | "auto";
  readonly seed?: number;
  readonly limit?: number;
  readonly onBadRow?: BadRowPolicy;
  readonly tensorboard?: string;
}

export async function train(
  specPath: string | undefined,
  options: TrainCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const configPath = options.config ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : null);
  const config = await readConfig(configPath, options.set, (warnings) => sayDiagnostics(warnings, terminal));
  const where = configPath ?? "--set";
  const spec = specPath ?? config.spec;
  if (spec === null) throw oneFinding(diagnose(withoutSpec, { path: where }, nowhere));
  const chosen = withConfig(wanting(await readSpec(spec), options), config);
  const model = withOverrides(checkedModel(chosen, terminal), config, options);
  if (config.data === null) throw oneFinding(diagnose(withoutData, { path: where }, nowhere));
  const problems = trainingProblems(model, config);
  if (problems.length > 0) throw new DiagnosticError(problems);
  const kept = await KeptTraining.claim(options, terminal);
  if (kept === null) return exitCodes.clean;
  try {
    return await trainModel(model, config.data, kept, options, terminal);
  } finally {
    kept.release();
  }
}

async function trainModel(
  model: Model,
  source: DataConfig,
  kept: KeptTraining,
  options: TrainCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const started = performance.now();
  const backend = await chooseBackend(options.backend);
  terminal.say(`model ${model.name}, backend ${backend.description}`);
  const { tensorboard } = options;
  // Data may take long to read: that it is missing is said before.
  const writer = tensorboard === undefined ? null : await eventFileWriter();
  const badRows = new BadRows(options.onBadRow ?? source.onBadRow ?? "fail");
  const data = await readTraining(model, source, {
    report: (line) => terminal.progress(line),
    badRows,
    ...(options.limit === undefined ? {} : { limit: options.limit }),
  });
  sayDiagnostics([...badRows.warnings, ...badRows.remarks], terminal);
  sayRows(data, terminal);
  if (data.onDisk > 0)
    terminal.say(
      `${gigabytes(data.onDisk)} of columns that do not fit into \`data.memory\` lie in ${tmpdir()}`,
    );
  const truth = await readTruth(source);

  const program = trainingProgram(lower(model), model);
  const tables = tablesOf(model, data.fitted);
  const vectors = await readVectors(model, data.fitted, tables, (line) => terminal.say(line));
  const sayOne = (diagnostic: Diagnostic) => sayDiagnostics([diagnostic], terminal);
  const events =
    writer === null || tensorboard === undefined
      ? null
      : await openEventFiles(tensorboard, writer, program.settings, sayOne);
  const batches = openBatches(planBatches(program.step, tables, backend.parts));
  const measuring = openMeasuring();
  const asked = { program, tables, data: data.fingerprint, backend: backend.name, compiler: version() };
  const showProgress = trainingProgress(terminal, model.train.epochs);
  const outcome = await kept
    .run(asked, (checkpoints) =>
      runTraining({
        program,
        backend,
        tables,
        vectors,
        train: data.train,
        labels: model.predictions.map(({ label }) => label),
        evaluate: evaluationsOf(data),
        batches: batches.stream,
        orders: data.orders,
        measure: measuring.measure,
        checkpoints,
        onProgress: (event) => {
          showProgress(event);
          events?.take(event);
        },
      }),
    )
    .finally(() => Promise.all([batches.close(), measuring.close(), events?.close()]));
  if ("code" in outcome) return outcome.code;
  const { result } = outcome;

  const labels = model.predictions.map(({ label }) => label);
  const { evaluations } = result.epochs[result.kept - 1]!;
  const epochs = { trained: result.epochs.length, wanted: model.train.epochs };
  const notes = [
    result.stopped === null ? null : describeStop(result.stopped, epochs, labels),
    ...metricNotes(evaluations),
    truth === null ? null : describeTruth(truth, evaluations),
    ...leftOutNotes(badRows.leftOut),
  ].filter((note) => note !== null);
  const peakMemory = () => 1024 * process.resourceUsage().maxRSS;
  const contents = await runContents({
    model,
    program,
    data,
    result,
    vectors,
    backend,
    compiler: version(),
    peakMemory,
    // A report without titles is better than no run.
    titles: await readTitles(model, source).catch(() => null),
    notes,
    onProgress: (line) => terminal.progress(line),
  });
  // A kill while writing leaves the old run or none; the checkpoint goes last, so that nothing is ever lost.
  await kept.finish(() => writeRun(options.out, contents, options.force === true));

  terminal.out(epochTable(result.epochs));
  for (const note of [...notes, ...intervalNotes(evaluations)]) terminal.say(note);
  if (tensorboard !== undefined) terminal.say(`curves: tensorboard --logdir ${tensorboard}`);
  const seconds = duration((performance.now() - started) / 1000);
  terminal.say(
    `run: ${options.out} (${seconds} and ${gigabytes(peakMemory())} of memory in all; report: ${options.out}/report.html)`,
  );
  terminal.say(
    `next: dinc compile ${options.out} --target ts --out ${options.out.replace(/\/+$/, "")}-ranker`,
  );
  return exitCodes.clean;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

function oneFinding(diagnostic: Diagnostic): DiagnosticError {
  return new DiagnosticError([diagnostic]);
}

/** The command line overrides dinc.yaml. */
function withConfig({ file, options }: ReadSpec, config: Config): ReadSpec {
  const params = [...config.params, ...(options.params ?? [])];
  return { file, options: { ...options, params, variant: options.variant ?? config.variant } };
}

/** The command line overrides dinc.yaml, which overrides the spec. */
function withOverrides(model: Model, { train: overrides }: Config, { seed }: TrainCommandOptions): Model {
  const { optimizer } = model.train;
  const settings: TrainSettings = {
    ...model.train,
    epochs: overrides.epochs ?? model.train.epochs,
    batch: overrides.batch ?? model.train.batch,
    seed: seed ?? overrides.seed ?? model.train.seed,
    optimizer: { ...optimizer, learningRate: overrides.learningRate ?? optimizer.learningRate },
  };
  return { ...model, train: settings };
}

function sayRows({ train: rows, valid, test, fitted, fingerprint }: TrainingData, terminal: Terminal): void {
  const splits = [
    `${thousands(rows.rows)} training rows`,
    ...(valid === null ? [] : [`${thousands(valid.rows)} validation rows`]),
    ...(test === null ? [] : [`${thousands(test.rows)} test rows`]),
  ];
  const vocabularies = [...fitted.vocabularies].map(
    ([name, values]) => `${name} ${thousands(values.length)}`,
  );
  const known = vocabularies.length === 0 ? "" : `; vocabularies: ${vocabularies.join(", ")}`;
  terminal.say(`${splits.join(", ")}${known}`);
  const orderedBy = fingerprint.events?.orderedBy;
  if (orderedBy !== undefined) terminal.say(`events in the order of ${orderedBy}`);
}

function evaluationsOf({
  valid,
  test,
}: TrainingData): { split: "valid" | "test"; data: TrainingData["train"] }[] {
  return [
    ...(valid === null ? [] : [{ split: "valid" as const, data: valid }]),
    ...(test === null ? [] : [{ split: "test" as const, data: test }]),
  ];
}

function epochTable(epochs: readonly EpochResult[]): string {
  const names = metricNames(epochs[0]?.evaluations ?? []);
  const losses = epochs[0] === undefined ? [] : lossColumns(epochs[0]).map(([name]) => name);
  const rows = epochs.map((each) => [
    String(each.epoch),
    ...lossColumns(each).map(([, loss]) => loss.toFixed(5)),
    ...metricCells(each.evaluations, names),
    thousands(each.samplesPerSecond),
    each.seconds.toFixed(2),
  ]);
  return textTable(["epoch", ...losses, ...names, "samples/s", "seconds"], rows);
}
