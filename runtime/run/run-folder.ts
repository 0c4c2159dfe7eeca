// A run folder: everything that training leaves and that predict and compile read. Complete or absent.

import type { BadRowPolicy, KeptRows } from "../../compiler/config/choices.ts";
import type { EventsConfig, ListFormat } from "../../compiler/config/config.ts";
import type { ReliabilityBin } from "../../compiler/metrics/define-metric.ts";
import type { Metric } from "../../compiler/metrics/registry.ts";
import type { Fitted, TableSpec, TrainSettings } from "../../compiler/model/model.ts";
import type { ParamData } from "../../compiler/reuse/params.ts";
import type { LeftOut } from "../data/bad-rows.ts";
import type { Stopped } from "../train/early-stop.ts";
import type { Interval } from "../train/metrics/bootstrap.ts";
import type { Environment } from "./environment.ts";

/** What `predict` and `compile` need of a run, in memory. */
export interface Run {
  /** Path and text of `model.din` as trained. */
  readonly spec: { readonly path: string; readonly text: string };
  readonly fitted: Fitted;
  readonly tables: readonly StoredTable[];
  /** Weights and statistics by parameter name; optimizer slots are in checkpoints, not here. */
  readonly parameters: ReadonlyMap<
    string,
    { readonly dims: readonly number[]; readonly values: Float32Array }
  >;
  readonly manifest: Manifest;
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
  readonly backend: string;
  /** Where it was trained. Earlier versions lack it. */
  readonly environment?: Environment;
  /** What was trained with: the spec's `train`, with what dinc.yaml and the command line overrode. */
  readonly settings: TrainSettings;
  readonly data: DataFingerprint;
  readonly tables: Readonly<Record<string, TableSummary>>;
  readonly timings: { readonly seconds: number; readonly samplesPerSecond: number };
  /** Bytes of memory that the process had at most, of training or of the sitting that ended it. Runs of earlier versions lack it. */
  readonly peakMemory?: number;
  /** The epoch whose weights these are: the last one, or with an early stop the best on the validation rows. */
  readonly epoch: number;
  /** How an early stop ended the training; null without one. */
  readonly stopped: Stopped | null;
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

/** null where the rows do not define a metric (one class only). */
export type MetricValues = Readonly<Record<string, number | null>>;

/** A metric with all that is known of it; what it does not have is left out. */
export interface MetricRecord {
  /** null where the rows do not define it. */
  readonly value: number | null;
  readonly better: "higher" | "lower";
  /** With every argument. */
  readonly metric: Metric;
  /** The middle 95 % of its values when users, told apart by the feature `by`, were drawn with replacement. */
  readonly interval?: Interval;
  readonly groups?: { readonly count: number; readonly skipped: number };
  /** The reliability table: what was predicted and what happened, by predicted probability. */
  readonly reliability?: readonly ReliabilityBin[];
}

export interface FileFingerprint {
  readonly bytes: number;
  readonly hash: string;
}

export interface DataFingerprint {
  readonly trainRows: number;
  readonly validRows: number;
  readonly testRows: number;
  /** How validation rows were taken from the training rows; null where they were not. */
  readonly validate: {
    readonly fraction: number;
    readonly seed: number;
    /** The feature that users are told apart by; null in an event log, which names them, and where rows were taken. */
    readonly by: string | null;
    /** Which rows were taken, where not those of users. */
    readonly rows?: KeptRows;
  } | null;
  /** What was done with rows that could not be read; runs of earlier versions lack both and failed. */
  readonly onBadRow?: BadRowPolicy;
  /** By file that had any. */
  readonly leftOut?: readonly LeftOut[];
  /** How rows were made from an event log; absent where they lay ready. */
  readonly events?: EventsAsked;
  /** How histories stood in the training rows; absent where these were made from an event log. */
  readonly lists?: ListFormat;
  /** Of every file read, those that the spec names for vectors and vocabularies among them: path, bytes, and a hash of its content. */
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly hash: string }[];
}

export interface EventsAsked extends Pick<EventsConfig, "examples" | "separator"> {
  /** Of the log, and the keys of its tables. */
  readonly columns: Readonly<Record<string, string>>;
  /** Whose clocks wrote its times without a UTC offset; null, or absent in runs of earlier versions, for UTC's. */
  readonly timeZone?: string | null;
  /** What put the events in order, for people; runs of earlier versions lack it. */
  readonly orderedBy?: string;
}

/** Names of the files in a run folder. */
export const runFiles = {
  spec: "model.din",
  manifest: "manifest.json",
  fitted: "fitted.json",
  weights: "weights.safetensors",
  metrics: "metrics.jsonl",
  report: "report.html",
  vocabulary: (feature: string): string => `vocab/${feature}.jsonl`,
} as const;

/** Version of `manifest.json`, and those that are read. */
export const MANIFEST_VERSION = 2;
export const MANIFEST_VERSIONS: readonly unknown[] = [1, MANIFEST_VERSION];

/** Version of `fitted.json`. */
export const FITTED_VERSION = 2;

/** Names of tensors in `weights.safetensors`; a dense parameter has its own name, `net.….kernel`. */
export const TABLE_PREFIX = "table.";
