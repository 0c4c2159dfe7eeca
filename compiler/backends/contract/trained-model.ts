// What a target is made from: a model with its weights, from a run or made up.

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
  /** The run that the weights are from: how the SHA-256 of its weights.safetensors begins. null for random ones. */
  readonly run: string | null;
  /** The one that `predict` has; null without one. */
  readonly calibration: Calibration | null;
  /** What the training rows held; null where nothing says it. */
  readonly usual: Usual | null;
  /** The padding of histories in training rows and in requests; null where no setting names any. */
  readonly padding: Padding | null;
}

/** What training rows held, by column, as `ranker.stats()` counts it again. */
export interface Usual {
  /** The most frequent values, the most frequent one first. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** The least and the largest number, then deciles; of histories of their lengths. */
  readonly numbers: ReadonlyMap<string, readonly number[]>;
}

/** What the model has of that name: a parameter, a table, what a feature's transforms learned. */
export function requireValues<T>(values: ReadonlyMap<string, T>, name: string): T {
  const value = values.get(name);
  if (value === undefined) throw new InternalError(`the model has no values for ${name}`);
  return value;
}

/** A table as a store that has its rows. */
export function sourceOf({ width, values }: TrainedTable): EmbeddingSource {
  return {
    lookup(ids, count, out) {
      for (let i = 0; i < count; i++)
        out.set(values.subarray(ids[i]! * width, (ids[i]! + 1) * width), i * width);
    },
  };
}
