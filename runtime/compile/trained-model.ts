// A run as what modules are made from.

import type { Fitted, Model } from "../../compiler/frontend/model/model.ts";
import type { ValidGraph } from "../../compiler/middle/graph/graph.ts";
import type { OpenRun } from "../run/open-run.ts";
import { runFiles } from "../run/run-folder.ts";

export interface TrainedTable {
  readonly width: number;
  /** [rows, width] */
  readonly values: Float32Array;
}

/** What a module is made from. */
export interface TrainedModel {
  readonly model: Model;
  readonly fitted: Fitted;
  /** Logits over example rows (`TrainingProgram.predict`). */
  readonly predict: ValidGraph;
  readonly parameters: ReadonlyMap<string, Float32Array>;
  readonly tables: ReadonlyMap<string, TrainedTable>;
  /** The run that the weights are from: how the SHA-256 of its weights.safetensors begins. null for random ones. */
  readonly run: string | null;
}

/** So many digits of the hash of a run's weights tell it from every other. */
const RUN_DIGITS = 16;

export function trainedModelOf({ run, model, program, parameters, tables }: OpenRun): TrainedModel {
  const { hash } = run.manifest.files[runFiles.weights]!;
  return {
    ...{ model, fitted: run.fitted, predict: program.predict, parameters, tables },
    run: hash.slice(0, RUN_DIGITS),
  };
}
