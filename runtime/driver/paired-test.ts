// Tests whether two runs differ significantly on the same rows, which both score.

import { isDeepStrictEqual } from "node:util";
import { option, wording } from "../../compiler/common/option-text.ts";
import { UsageError } from "../../compiler/common/usage-error.ts";
import { weightsIn } from "../../compiler/data/label-columns.ts";
import { nothingInCommon, rowsDiffer } from "../../compiler/diagnostics/catalog/many-runs.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { measuredBy } from "../../compiler/frontend/labels/registry.ts";
import { printMetric } from "../../compiler/middle/metrics/registry.ts";
import { EventLoopYield } from "../../compiler/train/event-loop-yield.ts";
import { resamplesFor } from "../../compiler/train/metrics/bootstrap.ts";
import { usersOf } from "../../compiler/train/metrics/differences.ts";
import {
  type PairedDifference,
  type PairedRequest,
  pairedInSlices,
  ROWS,
} from "../../compiler/train/metrics/paired.ts";
import type { Split } from "../../compiler/train/score.ts";
import { identityOfData } from "../run/checkpoint.ts";
import { type OpenRun, openedRun } from "../run/open-run.ts";
import { openScoringThread } from "../run/score-run.ts";
import { type RowsWithScores, scoredBy } from "./evaluate.ts";
import { throwIfStopped } from "./events.ts";
import { backendFor, type RowsOptions, type RowsToMeasure, rowsToMeasure } from "./rows.ts";
import { rowsDifference } from "./same-rows.ts";

export interface PairedTestOptions extends RowsOptions {
  /** Draws of the users; by default as many as for the intervals of metrics. */
  readonly resamples?: number;
  /** The seed of the draws: 2026 by default. */
  readonly seed?: number;
}

export interface PairedTest {
  /** The number of rows that both runs score. */
  readonly rows: number;
  readonly split: Split;
  /**
   * The unit of drawing for metrics over all rows: the feature that identifies users, or `row` if no metric
   * of both runs groups rows.
   */
  readonly by: string;
  readonly resamples: number;
  readonly seed: number;
  /**
   * True if both were trained on the same rows; otherwise one of them may have learned rows that are tested
   * here.
   */
  readonly sameData: boolean;
  /** The metrics that both specs name, by prediction that both make. */
  readonly predictions: Readonly<Record<string, readonly PairedDifference[]>>;
}

export const PAIRED_SEED = 2026;

/**
 * Scores rows with two runs and tests the difference of each metric by a paired bootstrap over users. Throws
 * DiagnosticError if the runs cannot score the same rows or have no metric in common, UsageError if no rows
 * are named, and `Stopped`.
 */
export async function pairedTest(
  a: OpenRun | string,
  b: OpenRun | string,
  options: PairedTestOptions,
): Promise<PairedTest> {
  if (options.data === "-")
    throw new UsageError(
      wording`${option("data", "-")}: both runs read the rows, and standard input is read once; name a file`,
    );
  const runs = [await openedRun(a, options), await openedRun(b, options)] as const;
  const names = { a: runs[0].folder, b: runs[1].folder };
  const [first, second] = runs.map(({ model }) => model.train.metrics);
  const asked = new Set(second!.map(printMetric));
  const metrics = first!.filter((metric) => asked.has(printMetric(metric)));
  if (metrics.length === 0) throw nothingOf("metric", names);
  const scored = [await scoredWith(runs[0], options), await scoredWith(runs[1], options)] as const;
  const labels = [...scored[0].scores.keys()].filter((label) =>
    scored.every(({ scores, data }) => scores.has(label) && data.labels.has(label)),
  );
  if (labels.length === 0) throw nothingOf("prediction whose label the rows have", names);
  const how = rowsDifference(scored, labels);
  if (how !== null) throw new DiagnosticError([diagnose(rowsDiffer, { ...names, how }, noLocation)]);
  const { data } = scored[0];
  const users = usersOf(metrics);
  const resampling = {
    seed: options.seed ?? PAIRED_SEED,
    resamples: options.resamples ?? resamplesFor(data.rows),
  };
  const predictions: Record<string, readonly PairedDifference[]> = {};
  for (const label of labels) {
    const logits = [scored[0].scores.get(label)!, scored[1].scores.get(label)!] as const;
    const by = measuredBy(runs[0].model, label, metrics);
    const { metrics: fitting, outcome } = by;
    if (fitting.length === 0 || outcome !== measuredBy(runs[1].model, label).outcome) continue;
    const request = {
      ...{ metrics: fitting, outcome },
      logits,
      labels: data.labels.get(label)!,
      weights: weightsIn(data.labels, label),
      groups: data.groups,
      users,
      resampling,
    };
    predictions[label] = await tested(label, request, options);
  }
  const [one, other] = runs.map(({ run }) => identityOfData(run.manifest.data));
  return {
    rows: data.rows,
    split: options.data === undefined ? (options.split ?? "test") : "test",
    by: users ?? ROWS,
    ...resampling,
    sameData: isDeepStrictEqual(one, other),
    predictions,
  };
}

async function scoredWith(run: OpenRun, options: RowsOptions): Promise<RowsWithScores> {
  const scorer = await openScoringThread(run, await backendFor(run, options));
  let rows: RowsToMeasure | null = null;
  try {
    rows = await rowsToMeasure(run, options);
    return await scoredBy(scorer, rows, options);
  } finally {
    await scorer.close();
    rows?.columns.remove();
  }
}

async function tested(
  label: string,
  request: PairedRequest,
  options: RowsOptions,
): Promise<readonly PairedDifference[]> {
  const turns = new EventLoopYield();
  const slices = pairedInSlices(request);
  for (;;) {
    const slice = slices.next();
    if (slice.done === true) return slice.value;
    options.onEvent?.({ kind: "measuring", progress: { label, ...slice.value } });
    await turns.take();
    throwIfStopped(options);
  }
}

function nothingOf(what: string, names: { readonly a: string; readonly b: string }): DiagnosticError {
  return new DiagnosticError([diagnose(nothingInCommon, { ...names, what }, noLocation)]);
}
