// A run folder: everything that training leaves and that predict and compile read. Complete or absent.

import type { Fitted, TableSpec } from "../../compiler/model/model.ts";

/** What `predict` and `compile` need of a run, in memory. */
export interface Run {
  /** Path and text of `model.din` as trained. */
  readonly spec: { readonly path: string; readonly text: string };
  readonly fitted: Fitted;
  readonly tables: readonly (TableSpec & { readonly values: Float32Array })[];
  /** Weights and statistics by parameter name; optimizer slots are in checkpoints, not here. */
  readonly parameters: ReadonlyMap<string, { readonly dims: readonly number[]; readonly values: Float32Array }>;
  readonly manifest: Manifest;
}

export interface Manifest {
  readonly version: 1;
  readonly compiler: string;
  readonly model: string;
  readonly graphHash: string;
  readonly backend: string;
  readonly seed: number;
  readonly data: DataFingerprint;
  readonly timings: { readonly seconds: number; readonly samplesPerSecond: number };
  /** On the test rows; absent where there are none. */
  readonly metrics: Readonly<Record<string, number>>;
}

export interface DataFingerprint {
  readonly trainRows: number;
  readonly testRows: number;
  /** Of every file read: path, bytes, and a hash of its content. */
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly hash: string }[];
}
