// A run folder: everything that training leaves and that predict and compile read. Complete or absent.

import type { Period } from "../../compiler/common/calendar.ts";
import type { ParamData } from "../../compiler/frontend/model/assembly.ts";
import type { Fitted, TableSpec } from "../../compiler/frontend/model/model.ts";
import type { Calibration } from "../../compiler/middle/calibration/curve.ts";
import type { TrainSettings } from "../../compiler/middle/training/settings.ts";
import type { EarlyStopped } from "../../compiler/train/early-stop.ts";
import type { DataFingerprint } from "../data/data-fingerprint.ts";
import type { RowDigest, WindowFacts } from "../data/read-data.ts";
import type { FileFingerprint } from "../files/fingerprint.ts";
import { fittedFiles } from "../fitted/fitted-texts.ts";
import type { MetricRecord, MetricValues } from "../train/metrics/metric-columns.ts";
import type { RunEnvironment } from "./environment.ts";

/** What `predict` and `compile` need of a run, in memory. */
export interface Run {
  /** Path and text of `model.din` as trained. */
  readonly spec: { readonly path: string; readonly text: string };
  readonly fitted: Fitted;
  readonly tables: readonly StoredTable[];
  /** Weights and statistics by parameter name; optimizer slots are in `state.safetensors`, which only `--from` reads. */
  readonly parameters: ReadonlyMap<
    string,
    { readonly dims: readonly number[]; readonly values: Float32Array }
  >;
  readonly manifest: Manifest;
  /** What `dinc calibrate` fitted after the training; null without it. */
  readonly calibration: Calibration | null;
}

export interface StoredTable extends Pick<TableSpec, "name" | "rows" | "width"> {
  readonly values: Float32Array;
}

export interface Manifest {
  /** Of version 1, which earlier versions of dinc wrote, it is not sealed. */
  readonly version: number;
  /** The seal of the manifest itself. */
  readonly checksum?: string;
  readonly compiler: string;
  readonly model: string;
  /** The model of the spec that it is a variant of; null where it is the spec's own. */
  readonly parent: string | null;
  /** The values of the spec's params. */
  readonly params: Readonly<Record<string, ParamData>>;
  readonly graphHash: string;
  /** The same of a training step: auxiliary losses, dropout and the optimizer are part of it. Earlier versions lack it. */
  readonly stepHash?: string;
  /** What trained it, or where another program did, what measured it. */
  readonly backend: string;
  /** That other program, with its versions: `PyTorch 2.14.1, TorchRec 1.9.2, FBGEMM 1.9.0, 2 processes on cpu`. */
  readonly trainer?: string;
  /** Where it was trained. Earlier versions lack it. */
  readonly environment?: RunEnvironment;
  /** What was trained with: the spec's `train`, with what dinc.yaml and the command line overrode. */
  readonly settings: TrainSettings;
  readonly data: DataFingerprint;
  readonly tables: Readonly<Record<string, TableSummary>>;
  readonly timings: { readonly seconds: number; readonly samplesPerSecond: number };
  /**
   * Bytes of memory that the process had at most, of training or of the sitting that ended it. Runs of
   * earlier versions lack it.
   */
  readonly peakMemory?: number;
  /**
   * The epoch whose weights these are: the last one, or with an early stop the best on the validation rows; 0
   * where none was trained.
   */
  readonly epoch: number;
  /** The training that this one went on from, and those before it; absent where it began with random weights. */
  readonly from?: FromRecord;
  /** The period whose rows these were; absent without `--each`. The window is in `data`. */
  readonly period?: PeriodRecord;
  /** How an early stop ended the training; null without one. */
  readonly stopped: EarlyStopped | null;
  /**
   * On the test rows (the validation rows where there is no test); empty without either. `{ auc, gauc, log_loss }`,
   * under the prediction's name where there are several.
   */
  readonly metrics: MetricValues | Readonly<Record<string, MetricValues>>;
  /** What is known of them beside their values: by prediction, by metric. Runs of earlier versions lack it. */
  readonly details?: Readonly<Record<string, Readonly<Record<string, MetricRecord>>>>;
  /** Size and SHA-256 of the run's other files that a reader relies on, by path in the run. */
  readonly files: Readonly<Record<string, FileFingerprint>>;
}

/** How a training went on from another one. */
export interface FromRecord {
  /** All trainings before it, the first one first: the last is the one that it went on from. */
  readonly chain: readonly ChainLink[];
  /** What the optimizer had made before: none where its state began anew. */
  readonly steps: number;
  readonly optimizer: "kept" | "anew";
  readonly transforms: "kept" | "anew";
  /** Names that changed, from the old one to the new one. */
  readonly renamed: Readonly<Record<string, string>>;
  /** By split: metrics of the weights before the first step; `train` is a test, as these rows were not trained on yet. */
  readonly before: Readonly<Record<string, FoundMetrics>>;
}

/** One of the trainings of `--each`: what the next call needs to know of it. */
export interface PeriodRecord {
  readonly each: Period;
  /** `2026-11-26`: also the name of the run folder. */
  readonly name: string;
  readonly timeZone: string | null;
  /** How many runs of the folder it has before it. */
  readonly before: number;
  /** The rows of the log in the window, with those that were left out or kept aside. */
  readonly log: RowDigest;
  /** Periods since the run before it that had rows and none to train on. */
  readonly passed?: readonly PassedPeriod[];
  /** What the command asked for of each training, as texts. */
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
  /** Which rows of its file these were; absent where they were all. */
  readonly window?: WindowFacts;
  /** As in its manifest. */
  readonly period?: PeriodRecord;
  /** Epochs that were trained. */
  readonly epochs: number;
  /** As in its manifest. */
  readonly metrics: FoundMetrics;
  /** As in its `from`; absent in the first one. */
  readonly before?: FromRecord["before"];
}

/** All that a manifest says but what is known when the other files are written. */
export type ManifestContents = Omit<Manifest, "files" | "version" | "checksum">;

export interface TableSummary {
  readonly rows: number;
  readonly width: number;
  /** Otherwise it stayed as it began. */
  readonly trained: boolean;
  /** Rows that began as vectors of a file. */
  readonly given: number;
}

/** Names of the files in a run folder. */
export const runFiles = {
  spec: "model.din",
  manifest: "manifest.json",
  ...fittedFiles,
  weights: "weights.safetensors",
  state: "state.safetensors",
  metrics: "metrics.jsonl",
  report: "report.html",
  /** Written by `dinc calibrate`, like the next one. */
  calibration: "calibration.json",
  calibrationReport: "calibration.html",
  /** Runs of earlier versions, of prepared rows and of trainings elsewhere lack it. */
  baseline: "baseline.json",
} as const;

/** Version of `manifest.json`, and those that are read. */
export const MANIFEST_VERSION = 2;
export const MANIFEST_VERSIONS: readonly unknown[] = [1, MANIFEST_VERSION];

/** Names of tensors in `weights.safetensors`; a dense parameter has its own name, `net.….kernel`. */
export const TABLE_PREFIX = "table.";
