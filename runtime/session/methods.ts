// The methods of a session: one for each function of the driver, whose options they take in the driver's names. Texts come as
// `{ path, text }`. Nothing is decided here.

import { type SourceFile, sourceFile } from "../../compiler/common/source-file.ts";
import { fixAll } from "../../compiler/diagnostics/apply-fixes.ts";
import { type Diagnostic, DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { lint } from "../../compiler/tools/lint/lint.ts";
import { draw } from "../../compiler/tools/views/draw.ts";
import { type CalibrateOptions, calibrate, uncalibrate } from "../driver/calibrate.ts";
import { type CompareOptions, compareRuns } from "../driver/compare.ts";
import { type CompileOptions, compile } from "../driver/compile.ts";
import { type EvaluateOptions, evaluate } from "../driver/evaluate.ts";
import { type ExportEmbeddingsOptions, exportEmbeddings } from "../driver/export-embeddings.ts";
import { type ImportanceOptions, importance } from "../driver/importance.ts";
import { type InitOptions, init } from "../driver/init.ts";
import { type ListOptions, listRuns } from "../driver/list-runs.ts";
import { metricNotes } from "../driver/metric-notes.ts";
import { type PredictOptions, predictTo } from "../driver/predict.ts";
import { type PrepareToOptions, prepareTo } from "../driver/prepare-to.ts";
import { type ModelOptions, type ReadSpec, readModel, readSpec, wanting } from "../driver/read-spec.ts";
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
  readonly draw: Checking;
  readonly complete: Editing;
  readonly hover: Editing;
  readonly init: { readonly options: Sent<InitOptions> };
  readonly train: OfSpec<TrainOptions> & { readonly resume: boolean };
  readonly tune: OfSpec<TuneOptions>;
  readonly prepare: OfSpec<PrepareToOptions> & { readonly out: string };
  readonly open: { readonly run: string };
  readonly evaluate: OfRun<EvaluateOptions>;
  readonly predict: OfRun<PredictOptions> & { readonly out: string };
  readonly importance: OfRun<ImportanceOptions>;
  readonly compare: { readonly run: string; readonly other: string; readonly options: CompareOptions };
  readonly calibrate: OfRun<CalibrateOptions>;
  readonly uncalibrate: { readonly run: string };
  readonly embeddings: OfRun<ExportEmbeddingsOptions> & { readonly out: string };
  readonly compile: OfRun<CompileOptions>;
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

  async draw(parameters) {
    const { file, options } = await specOf(parameters);
    const { value, diagnostics } = draw(file, "svg", options);
    if (value === null) throw new DiagnosticError(diagnostics);
    return { svg: value };
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

  async compare({ run, other, options }) {
    const { runs: _, ...compared } = await compareRuns(run, other, options);
    return compared;
  },

  calibrate: ({ run, options }, watch) => calibrate(run, { ...given(options), ...watch }),

  uncalibrate: async ({ run }) => ({ wasCalibrated: await uncalibrate(run) }),

  embeddings: ({ run, out, options }) => exportEmbeddings(run, out, options),

  async compile({ run, options }, watch) {
    const { files, compacted, fast } = await compile(run, { ...given(options), ...watch });
    return { files: [...files.keys()], compacted, fast };
  },

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
