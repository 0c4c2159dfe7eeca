// A run folder: everything that training writes and that predict and compile read. The folder is complete or
// absent.

import type { Period } from "../../compiler/common/calendar.ts";
import type { ParamData } from "../../compiler/frontend/model/assembly.ts";
import type { Fitted, TableSpec } from "../../compiler/frontend/model/model.ts";
import type { Calibration } from "../../compiler/middle/calibration/curve.ts";
import type { TrainSettings } from "../../compiler/middle/training/settings.ts";
import type { EarlyStopped } from "../../compiler/train/early-stop.ts";
import type { TrainingPosition } from "../../compiler/train/state.ts";
import type { DataFingerprint } from "../data/data-fingerprint.ts";
import type { RowDigest, WindowFacts } from "../data/read-data.ts";
import type { FileFingerprint } from "../files/fingerprint.ts";
import { fittedFiles } from "../fitted/fitted-texts.ts";
import type { MetricRecord, MetricValues } from "../train/metrics/metric-columns.ts";
import type { RunEnvironment } from "./environment.ts";

/** The parts of a run that `predict` and `compile` need, in memory. */
export interface Run {
  /** The path and text of `model.din` at the time of training. */
  readonly spec: { readonly path: string; readonly text: string };
  readonly fitted: Fitted;
  readonly tables: readonly StoredTable[];
  /** Weights and statistics by parameter name; optimizer slots are in `state.safetensors`, which only `--from` reads. */
  readonly parameters: ReadonlyMap<
    string,
    { readonly dims: readonly number[]; readonly values: Float32Array }
  >;
  readonly manifest: Manifest;
  /** The curves that `dinc calibrate` fitted after the training; null without them. */
  readonly calibration: Calibration | null;
}

export interface StoredTable extends Pick<TableSpec, "name" | "rows" | "width"> {
  readonly values: Float32Array;
}

export interface Manifest {
  /** Version 1, from earlier versions of dinc, has no checksum. */
  readonly version: number;
  /** The checksum of the manifest itself. */
  readonly checksum?: string;
  readonly compiler: string;
  readonly model: string;
  /** The model of which it is a variant; null for the spec's own model. */
  readonly parent: string | null;
  /** The values of the spec's params. */
  readonly params: Readonly<Record<string, ParamData>>;
  readonly graphHash: string;
  /**
   * The hash of a training step, which includes auxiliary losses, dropout and the optimizer. Earlier versions
   * lack it.
   */
  readonly stepHash?: string;
  /** The engine that trained it or, if another program did, measured it. */
  readonly backend: string;
  /**
   * The other program that trained it, with its versions: `PyTorch 2.14.1, TorchRec 1.9.2, FBGEMM 1.9.0, 2
   * processes on cpu`.
   */
  readonly trainer?: string;
  /** The environment of the training. Earlier versions lack it. */
  readonly environment?: RunEnvironment;
  /** The settings of the training: the spec's `train`, overridden by dinc.yaml and the command line. */
  readonly settings: TrainSettings;
  readonly data: DataFingerprint;
  readonly tables: Readonly<Record<string, TableSummary>>;
  readonly timings: { readonly seconds: number; readonly samplesPerSecond: number };
  /**
   * The peak memory of the process in bytes, for the whole training or its last session. Earlier versions
   * lack it.
   */
  readonly peakMemory?: number;
  /**
   * The epoch of these weights: the last one, or with early stopping the best one on the validation rows; 0
   * if none was trained.
   */
  readonly epoch: number;
  /**
   * The training that this one continued from, and those before it; absent if it began with random weights.
   */
  readonly from?: FromRecord;
  /** The period of the rows; absent without `--each`. The window is in `data`. */
  readonly period?: PeriodRecord;
  /** The early stop that ended the training; null if there was none. */
  readonly stopped: EarlyStopped | null;
  /** The last step, if the user stopped the training before its end; absent in a complete run. */
  readonly interrupted?: TrainingPosition;
  /**
   * The metrics on the test rows, or on the validation rows if there is no test; empty without either. The
   * form is `{ auc, gauc, log_loss }`, under the prediction's name if there are several.
   */
  readonly metrics: MetricValues | Readonly<Record<string, MetricValues>>;
  /** The details of these metrics, by prediction and metric. Earlier versions lack them. */
  readonly details?: Readonly<Record<string, Readonly<Record<string, MetricRecord>>>>;
  /** The size and SHA-256 of the run's other files that a reader relies on, by path in the run. */
  readonly files: Readonly<Record<string, FileFingerprint>>;
}

/** The record of a continued training. */
export interface FromRecord {
  /** All earlier trainings, the first one first; it continued from the last one. */
  readonly chain: readonly ChainLink[];
  /** The number of optimizer steps before it; 0 if the optimizer's state is new. */
  readonly steps: number;
  readonly optimizer: "kept" | "anew";
  readonly transforms: "kept" | "anew";
  /** Changed names, from the old to the new one. */
  readonly renamed: Readonly<Record<string, string>>;
  /**
   * By split: the metrics of the weights before the first step. Those of `train` are a test, because these
   * rows were not trained on yet.
   */
  readonly before: Readonly<Record<string, FoundMetrics>>;
}

/** The record of one of the trainings of `--each`, for the next call. */
export interface PeriodRecord {
  readonly each: Period;
  /** `2026-11-26`: also the name of the run folder. */
  readonly name: string;
  readonly timeZone: string | null;
  /** The number of earlier runs in the folder. */
  readonly before: number;
  /** The rows of the log in the window, including those that were omitted or kept aside. */
  readonly log: RowDigest;
  /** Periods since the previous run that had rows, but none to train on. */
  readonly passed?: readonly PassedPeriod[];
  /** The command's options for each training, as texts. */
  readonly asked: Readonly<Record<string, string>>;
}

export interface PassedPeriod {
  readonly name: string;
  readonly since: string;
  readonly until: string;
  readonly log: RowDigest;
}

export type FoundMetrics = MetricValues | Readonly<Record<string, MetricValues>>;

/** One training of a chain. */
export interface ChainLink {
  /** The run folder, as it was named. */
  readonly run: string;
  /** SHA-256 of its weights. */
  readonly weights: string;
  readonly model: string;
  readonly trainRows: number;
  /** The window of its rows; absent if all rows were read. */
  readonly window?: WindowFacts;
  /** As in its manifest. */
  readonly period?: PeriodRecord;
  /** The number of trained epochs. */
  readonly epochs: number;
  /** As in its manifest. */
  readonly metrics: FoundMetrics;
  /** As in its `from`; absent in the first one. */
  readonly before?: FromRecord["before"];
}

/** The content of a manifest except for fields that are known only after the other files are written. */
export type ManifestContents = Omit<Manifest, "files" | "version" | "checksum">;

export interface TableSummary {
  readonly rows: number;
  readonly width: number;
  /** Otherwise it kept its initial values. */
  readonly trained: boolean;
  /** The number of rows that began with vectors from a file. */
  readonly given: number;
}

/** The names of the files in a run folder. */
export const runFiles = {
  spec: "model.din",
  manifest: "manifest.json",
  ...fittedFiles,
  weights: "weights.safetensors",
  state: "state.safetensors",
  metrics: "metrics.jsonl",
  report: "report.html",
  /** `dinc calibrate` writes this file and the next one. */
  calibration: "calibration.json",
  calibrationReport: "calibration.html",
  /** Missing in runs of earlier versions, of prepared rows and of trainings elsewhere. */
  baseline: "baseline.json",
} as const;

/** The version of `manifest.json`, and the versions that can be read. */
export const MANIFEST_VERSION = 2;
export const MANIFEST_VERSIONS: readonly unknown[] = [1, MANIFEST_VERSION];

/** The names of tensors in `weights.safetensors`; a dense parameter has its own name, `net.….kernel`. */
export const TABLE_PREFIX = "table.";
