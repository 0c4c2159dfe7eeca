// The methods of a session: one for each function of the driver, whose options they take in the driver's names. Texts come as
// `{ path, text }`. Nothing is decided here.

import type { CompiledModel } from "../../compiler/backends/contract/emitted.ts";
import { type SourceFile, sourceFile } from "../../compiler/common/source-file.ts";
import { UsageError } from "../../compiler/common/usage-error.ts";
import { fixAll } from "../../compiler/diagnostics/apply-fixes.ts";
import { type Diagnostic, DiagnosticError, hasErrors } from "../../compiler/diagnostics/diagnostic.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import type { Fitted, Model } from "../../compiler/frontend/model/model.ts";
import { type CostOptions, cost } from "../../compiler/tools/cost/cost.ts";
import { explain } from "../../compiler/tools/explain/explain.ts";
import { format } from "../../compiler/tools/fmt/format.ts";
import { lint } from "../../compiler/tools/lint/lint.ts";
import { type DrawingFormat, draw } from "../../compiler/tools/views/draw.ts";
import { types } from "../../compiler/tools/views/types.ts";
import { withoutUndefined } from "../cli/from-options.ts";
import { type AblateOptions, ablate } from "../driver/ablate.ts";
import { type CalibrateOptions, calibrate, uncalibrate } from "../driver/calibrate.ts";
import { type CompareOptions, compareRuns } from "../driver/compare.ts";
import { type CompileOptions, compile } from "../driver/compile.ts";
import { type TrainEachOptions, trainEach } from "../driver/each.ts";
import { type EvaluateOptions, evaluate } from "../driver/evaluate.ts";
import { explainFrom } from "../driver/explain-from.ts";
import { type ExportEmbeddingsOptions, exportEmbeddings } from "../driver/export-embeddings.ts";
import { type ExportItemsOptions, exportItems } from "../driver/export-items.ts";
import { type TrainFoldsOptions, trainFolds } from "../driver/folds.ts";
import { type ImportanceOptions, importance } from "../driver/importance.ts";
import { type InitOptions, init } from "../driver/init.ts";
import { type ListOptions, listRuns } from "../driver/list-runs.ts";
import { metricNotes } from "../driver/metric-notes.ts";
import { type PairedTestOptions, pairedTest } from "../driver/paired-test.ts";
import { type PredictOptions, predictTo } from "../driver/predict.ts";
import { type PrepareToOptions, prepareTo } from "../driver/prepare-to.ts";
import { type ModelOptions, type ReadSpec, readModel, readSpec, wanting } from "../driver/read-spec.ts";
import { refuseOptions } from "../driver/repeated-options.ts";
import { type TrainSeedsOptions, trainSeeds } from "../driver/seeds.ts";
import { type TestDataOptions, testData } from "../driver/test-data.ts";
import { testStats } from "../driver/test-stats.ts";
import { resume, train } from "../driver/train.ts";
import type { TrainOptions } from "../driver/train-run.ts";
import { version } from "../files/version.ts";
import { openRun } from "../run/open-run.ts";
import { summaryOf } from "../run/run-summary.ts";
import { metricDetails, metricValues } from "../train/metrics/metric-columns.ts";
import { type TuneEvent, type TuneOptions, tune } from "../tune/tune.ts";
import { completionsAt, hoverAt } from "./editing.ts";
import { textsOf } from "./texts.ts";

/** A text with its path, or the path of a file. */
type Text = string | Pick<SourceFile, "path" | "text">;

/** The driver's options as they come over a pipe. */
type Sent<Options> = Omit<Options, "signal" | "onEvent" | "config"> & { readonly config?: Text };

interface OfSpec<Options> {
  /** Null: the spec that the settings name. */
  readonly spec: Text | null;
  readonly options: Sent<Options>;
}

interface OfRun<Options> {
  readonly run: string;
  readonly options: Sent<Options>;
}

interface Checking extends ModelOptions {
  readonly spec: Text;
}

interface Editing {
  readonly spec: Pick<SourceFile, "path" | "text">;
  /** In UTF-16 units. */
  readonly offset: number;
}

/** The parameters of each method. Results become plain data. */
export interface SessionRequests {
  readonly version: Record<string, never>;
  readonly model: Checking;
  readonly check: Checking;
  readonly lint: Checking;
  readonly fix: Checking;
  readonly draw: Checking & { readonly format: DrawingFormat };
  readonly types: Checking;
  readonly format: Checking;
  readonly explain: { readonly word: string };
  readonly cost: (Checking | { readonly run: string }) & CostOptions;
  readonly complete: Editing;
  readonly hover: Editing;
  readonly init: { readonly options: Sent<InitOptions> };
  readonly train: OfSpec<TrainOptions> & { readonly resume: boolean };
  readonly folds: OfSpec<TrainFoldsOptions>;
  readonly seeds: OfSpec<TrainSeedsOptions>;
  readonly each: OfSpec<TrainEachOptions>;
  readonly explainFrom: OfSpec<TrainOptions>;
  readonly ablate: OfSpec<AblateOptions>;
  readonly tune: OfSpec<TuneOptions>;
  readonly prepare: OfSpec<PrepareToOptions> & { readonly out: string };
  readonly open: { readonly run: string };
  readonly evaluate: OfRun<EvaluateOptions>;
  readonly predict: OfRun<PredictOptions> & { readonly out: string };
  readonly importance: OfRun<ImportanceOptions>;
  /** `rows`, if given, are the rows that both runs are tested on. */
  readonly compare: OfRun<CompareOptions> & {
    readonly other: string;
    readonly rows: Sent<PairedTestOptions> | null;
  };
  /** Exactly one of `data` and `stats` is given, as a path. */
  readonly testData: OfRun<TestDataOptions> & { readonly data: string | null; readonly stats: string | null };
  readonly items: OfRun<ExportItemsOptions> & { readonly out: string };
  readonly calibrate: OfRun<CalibrateOptions>;
  readonly uncalibrate: { readonly run: string };
  readonly embeddings: OfRun<ExportEmbeddingsOptions> & { readonly out: string };
  readonly compile: OfRun<CompileOptions>;
  readonly compileSpec: OfSpec<CompileOptions>;
  readonly runs: { readonly folder: string; readonly options: ListOptions };
}

export type SessionMethod = keyof SessionRequests;

/** Stops a call, and receives its events. */
export interface SessionWatch {
  readonly signal: AbortSignal;
  readonly onEvent: (event: TuneEvent) => void;
}

type Methods = {
  readonly [M in SessionMethod]: (parameters: SessionRequests[M], watch: SessionWatch) => Promise<unknown>;
};

export const methods: Methods = {
  version: async () => ({ version: version() }),

  async model({ spec, ...options }, watch) {
    return outlineOf(await readModel(source(spec), { ...options, ...watch }));
  },

  async check(parameters) {
    const { file, options } = await specOf(parameters);
    return findings(check(file, options).diagnostics);
  },

  async lint(parameters) {
    const { file, options } = await specOf(parameters);
    return findings(lint(file, options));
  },

  async fix(parameters) {
    const { file, options } = await specOf(parameters);
    const fixed = fixAll(file, (text) => check(text, options).diagnostics);
    return { text: fixed.file.text, count: fixed.count, diagnostics: fixed.diagnostics };
  },

  async draw({ format, ...parameters }) {
    const { file, options } = await specOf(parameters);
    const { value, diagnostics } = draw(file, format, options);
    if (value === null) throw new DiagnosticError(diagnostics);
    return { drawing: value };
  },

  async types(parameters) {
    const { file, options } = await specOf(parameters);
    return { types: types(file, options).value };
  },

  async format(parameters) {
    const { value, diagnostics } = format((await specOf(parameters)).file);
    const errors = diagnostics.filter((diagnostic) => hasErrors([diagnostic]));
    if (errors.length > 0) throw new DiagnosticError(errors);
    return { text: value };
  },

  async explain({ word }) {
    const found = explain(word);
    if (found.kind !== "unknown") return { text: found.text };
    const hint = found.nearest === null ? "codes are like DIN0201" : `did you mean ${found.nearest}?`;
    throw new UsageError(`no diagnostic is called ${word}; ${hint}`);
  },

  async cost({ candidates, history, ...of }, watch) {
    const { model, fitted } = "run" in of ? await fittedModel(of.run) : await specModel(of, watch);
    return cost(model, { fitted, ...withoutUndefined({ candidates, history }) });
  },

  complete: async ({ spec, offset }) => ({
    completions: completionsAt(sourceFile(spec.path, spec.text), offset),
  }),

  hover: async ({ spec, offset }) => ({ markdown: hoverAt(sourceFile(spec.path, spec.text), offset) }),

  init: ({ options }, watch) => init({ ...given(options), ...watch }),

  async train({ spec, options, resume: isResuming }, watch) {
    const all = { ...given(options), ...watch };
    return isResuming ? resume(source(spec), all) : train(source(spec), all);
  },

  async folds({ spec, options }, watch) {
    refuseOptions("folds", options);
    return trainFolds(source(spec), { ...given(options), ...watch });
  },

  async seeds({ spec, options }, watch) {
    refuseOptions("seeds", options);
    return trainSeeds(source(spec), { ...given(options), ...watch });
  },

  async each({ spec, options }, watch) {
    refuseOptions("each", options);
    return trainEach(source(spec), { ...given(options), ...watch });
  },

  explainFrom: ({ spec, options }, watch) => explainFrom(source(spec), { ...given(options), ...watch }),

  ablate: ({ spec, options }, watch) => ablate(source(spec), { ...given(options), ...watch }),

  tune: ({ spec, options }, watch) => tune(source(spec), { ...given(options), ...watch }),

  prepare: ({ spec, out, options }, watch) => prepareTo(source(spec), out, { ...given(options), ...watch }),

  async open({ run }) {
    const { model } = await openRun(run);
    const { text, path } = model.file;
    return { model: outlineOf(model), spec: { path, text }, summary: await summaryOf(run) };
  },

  async evaluate({ run, options }, watch) {
    const { split, rows, evaluations } = await evaluate(run, { ...given(options), ...watch });
    return {
      ...{
        split,
        rows,
        metrics: metricValues(evaluations, split),
        details: metricDetails(evaluations, split),
      },
      notes: metricNotes(evaluations),
    };
  },

  predict: async ({ run, out, options }, watch) => ({
    scored: await predictTo(run, out, { ...given(options), ...watch }),
  }),

  importance: ({ run, options }, watch) => importance(run, { ...given(options), ...watch }),

  async compare({ run, other, options, rows }, watch) {
    const { runs: _, ...compared } = await compareRuns(run, other, options);
    const paired = rows === null ? null : await pairedTest(run, other, { ...given(rows), ...watch });
    return { ...compared, paired };
  },

  testData: ({ run, data, stats, options }, watch) =>
    stats === null
      ? testData(data!, run, { ...given(options), ...watch })
      : testStats(stats, run, given(options)),

  items: ({ run, out, options }, watch) => exportItems(run, out, { ...given(options), ...watch }),

  calibrate: ({ run, options }, watch) => calibrate(run, { ...given(options), ...watch }),

  uncalibrate: async ({ run }) => ({ wasCalibrated: await uncalibrate(run) }),

  embeddings: ({ run, out, options }) => exportEmbeddings(run, out, options),

  compile: async ({ run, options }, watch) => compiled(await compile(run, { ...given(options), ...watch })),

  compileSpec: async ({ spec, options }, watch) =>
    compiled(await compile({ untrained: source(spec) }, { ...given(options), ...watch })),

  runs: ({ folder, options }, watch) => listRuns(folder, { ...options, ...watch }),
};

function source(text: Text): string | SourceFile;
function source(text: Text | null): string | SourceFile | null;
function source(text: Text | null): string | SourceFile | null {
  return text === null || typeof text === "string" ? text : sourceFile(text.path, text.text);
}

/** The options as the driver takes them. */
function given<Options extends { readonly config?: Text }>({
  config,
  ...options
}: Options): Omit<Options, "config"> & { readonly config?: string | SourceFile } {
  return config === undefined ? options : { ...options, config: source(config) };
}

async function specOf({ spec, ...options }: Checking): Promise<ReadSpec> {
  const read = await readSpec(source(spec));
  return { file: read.file, options: wanting(read, options) };
}

function compiled({ files, compacted, fast }: CompiledModel): object {
  return { files: [...files.keys()], compacted, fast };
}

async function fittedModel(
  folder: string,
): Promise<{ readonly model: Model; readonly fitted: Fitted | null }> {
  const { model, run } = await openRun(folder);
  return { model, fitted: run.fitted };
}

async function specModel(
  { spec, ...options }: Checking,
  watch: SessionWatch,
): Promise<{ readonly model: Model; readonly fitted: Fitted | null }> {
  return { model: await readModel(source(spec), { ...options, ...watch }), fitted: null };
}

/** Diagnostics as data, and as text. */
function findings(diagnostics: readonly Diagnostic[]): object {
  return { diagnostics, ...textsOf(diagnostics) };
}

/** The names of a model, and the columns of rows that it reads. */
function outlineOf(model: Model): object {
  const { name, parent, params, features, histories, labels, predictions } = model;
  return {
    ...{ name, parent, params },
    features: [...features.values()].map(({ name, scope, kind }) => ({ name, scope, kind: kind.kind })),
    histories: [...histories.keys()],
    labels: [...labels.values()].map(({ name, type }) => ({ name, kind: type.kind })),
    predictions: predictions.map(({ label }) => label),
  };
}
