// The input of a target: a model with its weights, from a run or random.

import { InternalError } from "../../common/internal-error.ts";
import type { Padding } from "../../frontend/config/padding.ts";
import type { Fitted, Model } from "../../frontend/model/model.ts";
import type { Calibration } from "../../middle/calibration/curve.ts";
import type { ValidGraph } from "../../middle/graph/graph.ts";
import type { EmbeddingSource } from "../../serve/tables.ts";

export interface TrainedTable {
  readonly width: number;
  /** [rows, width] */
  readonly values: Float32Array;
}

export interface TrainedModel {
  readonly model: Model;
  readonly fitted: Fitted;
  /** Logits over example rows (`TrainingProgram.predict`), calibrated. */
  readonly predict: ValidGraph;
  readonly parameters: ReadonlyMap<string, Float32Array>;
  readonly tables: ReadonlyMap<string, TrainedTable>;
  /**
   * The start of the SHA-256 of the weights.safetensors of the run that the weights come from; null for
   * random weights.
   */
  readonly run: string | null;
  /** The calibration in `predict`; null without one. */
  readonly calibration: Calibration | null;
  /** Statistics of the training rows; null if they are unknown. */
  readonly usual: Usual | null;
  /** The padding of histories in training rows and in requests; null if no setting defines one. */
  readonly padding: Padding | null;
}

/** Statistics of training rows by column, which `ranker.stats()` counts again. */
export interface Usual {
  /** The most frequent values, in descending order of frequency. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** The minimum, the maximum and the deciles; for histories, those of their lengths. */
  readonly numbers: ReadonlyMap<string, readonly number[]>;
}

/** The values of a parameter, a table, or a fitted transform. */
export function requireValues<T>(values: ReadonlyMap<string, T>, name: string): T {
  const value = values.get(name);
  if (value === undefined) throw new InternalError(`the model has no values for ${name}`);
  return value;
}

/** A table in the form of a store with its rows. */
export function sourceOf({ width, values }: TrainedTable): EmbeddingSource {
  return {
    lookup(ids, count, out) {
      for (let i = 0; i < count; i++)
        out.set(values.subarray(ids[i]! * width, (ids[i]! + 1) * width), i * width);
    },
  };
}
