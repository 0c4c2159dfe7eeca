// Computes the metrics of a run on labelled rows; on the rows of the training's own evaluation they are the
// same to the last digit.

import { weightsIn } from "../../compiler/data/label-columns.ts";
import { measuredBy } from "../../compiler/frontend/labels/registry.ts";
import { type Totals, totalsOf } from "../../compiler/middle/calibration/measures.ts";
import { resamplesFor } from "../../compiler/train/metrics/bootstrap.ts";
import {
  type Evaluation,
  type EvaluationProgress,
  evaluateScores,
  type Split,
} from "../../compiler/train/score.ts";
import { type OpenRun, openedRun } from "../run/open-run.ts";
import { openScoringThread, type RowScores, scoredOf } from "../run/score-run.ts";
import type { Scorer } from "../run/scorer.ts";
import { Unscored } from "../run/unscored.ts";
import { type Measuring, openMeasuring } from "../train/metrics/metrics-thread.ts";
import { throwIfStopped, unlessStopped } from "./events.ts";
import { backendFor, type RowsOptions, type RowsToMeasure, rowsToMeasure, tellLeftOut } from "./rows.ts";

export interface EvaluateOptions extends RowsOptions {
  /** Resamples of the users for intervals; 0 for no intervals; by default as in training. */
  readonly resamples?: number;
}

export interface Evaluated {
  readonly split: Split;
  /** The number of rows with scores. */
  readonly rows: number;
  /** The metrics of each prediction that the rows have labels for. */
  readonly evaluations: readonly Evaluation[];
  /**
   * The sums of a label and its predictions, for each label without classes that the rows have; for a binary
   * label these count the ones.
   */
  readonly totals: ReadonlyMap<string, Totals>;
}

/**
 * Computes the metrics of the run's spec. Throws DiagnosticError for mistakes in the run or the rows,
 * UsageError if no rows are named, and `Stopped` if the signal is aborted.
 */
export async function evaluate(run: OpenRun | string, options: EvaluateOptions): Promise<Evaluated> {
  const opened = await openedRun(run, options);
  const scorer = await openScoringThread(opened, await backendFor(opened, options));
  const measuring = openMeasuring();
  let rows: RowsToMeasure | null = null;
  try {
    rows = await rowsToMeasure(opened, options);
    return await measured(opened, rows, options, { scorer, measuring });
  } finally {
    await Promise.all([scorer.close(), measuring.close()]);
    rows?.columns.remove();
  }
}

/** Rows with scores, and the indices of the rows without a score. */
export interface RowsWithScores extends RowScores {
  readonly without: ReadonlySet<number>;
}

/** Throws DiagnosticError if a row has no score, unless such rows are left out. */
export async function scoredBy(
  scorer: Scorer,
  { rows: all, path, badRows }: RowsToMeasure,
  options: RowsOptions,
): Promise<RowsWithScores> {
  const onProgress = (progress: EvaluationProgress) => options.onEvent?.({ kind: "measuring", progress });
  const logits = await scorer.score(all, (rows) => {
    throwIfStopped(options);
    onProgress({ kind: "scoring", rows, of: all.rows });
  });
  const unscored = new Unscored(badRows, path);
  const without = unscored.check(logits, all, 0);
  unscored.finish(all.rows);
  tellLeftOut(badRows, options);
  return { ...scoredOf(all, logits, without), without };
}

async function measured(
  opened: OpenRun,
  rows: RowsToMeasure,
  options: EvaluateOptions,
  { scorer, measuring }: { readonly scorer: Scorer; readonly measuring: Measuring },
): Promise<Evaluated> {
  const onProgress = (progress: EvaluationProgress) => options.onEvent?.({ kind: "measuring", progress });
  measuring.begin();
  const { data, scores } = await scoredBy(scorer, rows, options);
  const split = options.data === undefined ? (options.split ?? "test") : "test";
  const by = (label: string) => measuredBy(opened.model, label);
  const { seed } = opened.run.manifest.settings;
  const resampling = { seed, resamples: options.resamples ?? resamplesFor(data.rows) };
  const { measure } = measuring;
  const evaluations = await unlessStopped(
    evaluateScores(split, data, scores, { by, resampling, measure, onProgress }),
    options,
  );
  const totals = new Map<string, Totals>();
  for (const [label, values] of scores) {
    const labels = data.labels.get(label);
    const { outcome } = by(label);
    const weights = weightsIn(data.labels, label);
    if (labels !== undefined && outcome !== "class")
      totals.set(label, totalsOf(labels, values, outcome, weights));
  }
  return { split, rows: data.rows, evaluations, totals };
}
