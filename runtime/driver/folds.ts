// Cross-validation: trains a model several times, each time with different validation rows, and computes the
// mean of each metric with its standard error.

import { join } from "node:path";
import { option, wording } from "../../compiler/common/option-text.ts";
import { UsageError } from "../../compiler/common/usage-error.ts";
import { foldsOfOther, foldsWithoutWay } from "../../compiler/diagnostics/catalog/settings.ts";
import { DiagnosticError, diagnose } from "../../compiler/diagnostics/diagnostic.ts";
import { foldText, MOST_FOLDS } from "../../compiler/frontend/config/folds.ts";
import { readRun } from "../run/read-run.ts";
import { type SplitMetrics, summaryOf } from "../run/run-summary.ts";
import { readConfiguredModel } from "./configured-model.ts";
import type { ModelSource } from "./read-spec.ts";
import { ensureRun, summarized, writeSummary } from "./repeated-training.ts";
import { meanAndSquares } from "./spread.ts";
import type { TrainOptions } from "./train-run.ts";
import { requestTraining } from "./training-request.ts";

export interface TrainFoldsOptions
  extends Omit<TrainOptions, "rows" | "from" | "linear" | "tensorboard" | "mlflow"> {
  /** The number of trainings, each with different validation rows. */
  readonly folds: number;
  /** The folder of all runs and of `folds.json`. Existing runs are not trained again. */
  readonly out: string;
}

export interface FoldedTraining {
  readonly folds: readonly TrainedFold[];
  /** The metrics on the validation rows of all folds, by prediction and metric. */
  readonly valid: FoldMetrics;
  /** The metrics on the test rows, which are the same in all folds; empty if there are none. */
  readonly test: FoldMetrics;
}

export interface TrainedFold {
  /** From 1. */
  readonly number: number;
  /** The run folder. */
  readonly run: string;
  readonly trainRows: number;
  readonly validRows: number;
  /** The epoch whose weights were kept. */
  readonly epoch: number;
  readonly valid: SplitMetrics;
  readonly test: SplitMetrics;
}

export type FoldMetrics = Readonly<Record<string, Readonly<Record<string, FoldMean>>>>;

export interface FoldMean {
  readonly mean: number;
  /**
   * The standard error of the mean: the standard deviation of the folds' values over the root of their
   * number. Null for a single value.
   */
  readonly standardError: number | null;
  /** The folds where the metric is defined. */
  readonly folds: number;
}

/**
 * Trains `folds` times and writes a run for each fold into the folder `out`, as `fold-1` and so on. An
 * interrupted call continues: complete runs are reused, and an interrupted one is resumed, unless `force` is
 * given. Throws as `train` does, and DiagnosticError if `data.validate` does not say how to divide rows, or
 * if a run in the folder belongs to another training.
 */
export async function trainFolds(
  source: ModelSource | null,
  { folds, ...options }: TrainFoldsOptions,
): Promise<FoldedTraining> {
  if (!Number.isInteger(folds) || folds < 2 || folds > MOST_FOLDS)
    throw new UsageError(wording`${option("folds")} takes a whole number from 2 to ${MOST_FOLDS}`);
  await requireWay(source, options);
  const trained: TrainedFold[] = [];
  for (let number = 1; number <= folds; number++) {
    options.onEvent?.({ kind: "fold", number, of: folds });
    const run = join(options.out, `fold-${number}`);
    const set = [...(options.set ?? []), `data.validate.fold=${foldText({ number, of: folds })}`];
    await ensureRun(
      run,
      await requestTraining(source, { ...options, set }),
      { ...options, set },
      foldsOfOther,
    );
    const { epoch, trainRows, valid, test } = await summaryOf(run);
    const { manifest } = await readRun(run);
    trained.push({ number, run, trainRows, validRows: manifest.data.validRows, epoch, valid, test });
  }
  const result: FoldedTraining = {
    folds: trained,
    valid: summarized(
      trained.map(({ valid }) => valid),
      meanOf,
    ),
    test: summarized(
      trained.map(({ test }) => test),
      meanOf,
    ),
  };
  await writeSummary(options.out, "folds.json", result);
  return result;
}

/** Throws DiagnosticError if no setting says how to divide rows. */
async function requireWay(
  source: ModelSource | null,
  options: Omit<TrainFoldsOptions, "folds">,
): Promise<void> {
  const { config } = await readConfiguredModel(source, options, true);
  if (config.data !== null && config.data.validate === null)
    throw new DiagnosticError([diagnose(foldsWithoutWay, {}, config.locations.data)]);
}

function meanOf(values: readonly number[]): FoldMean {
  const folds = values.length;
  const { mean, squares } = meanAndSquares(values);
  return { mean, standardError: folds < 2 ? null : Math.sqrt(squares / (folds - 1) / folds), folds };
}
