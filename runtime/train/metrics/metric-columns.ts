// Arranges losses and metrics in tables: one column for each metric, prediction and split.

import type { ReliabilityBin } from "../../../compiler/middle/metrics/define-metric.ts";
import { type Metric, metricOf } from "../../../compiler/middle/metrics/registry.ts";
import type { Interval } from "../../../compiler/train/metrics/bootstrap.ts";
import type { MetricDetails } from "../../../compiler/train/metrics/evaluate.ts";
import type { Evaluation, Split } from "../../../compiler/train/score.ts";
import type { EpochResult } from "../../../compiler/train/state.ts";

/** Null if the rows do not define a metric, for example because they have only one class. */
export type MetricValues = Readonly<Record<string, number | null>>;

/** A metric with its details; details that it lacks are left out. */
export interface MetricRecord {
  /** Null if the rows do not define it. */
  readonly value: number | null;
  readonly better: "higher" | "lower";
  /** The metric with every argument. */
  readonly metric: Metric;
  /**
   * The middle 95 % of its values in samples with replacement, of users as identified by the feature `by`.
   */
  readonly interval?: Interval;
  readonly groups?: { readonly count: number; readonly skipped: number };
  /** The reliability table: mean predictions and outcomes, by predicted probability. */
  readonly reliability?: readonly ReliabilityBin[];
}

/**
 * Columns and values of an epoch's loss: the total, then its terms, such as `loss`, `click loss`, `next_item
 * loss`.
 */
export function lossColumns({
  loss,
  terms,
}: Pick<EpochResult, "loss" | "terms">): [name: string, loss: number][] {
  return [["loss", loss], ...[...terms].map(([name, term]): [string, number] => [`${name} loss`, term])];
}

/** The learning rate of an epoch under its name, where a plateau determines it. */
export function rateColumn({
  learningRate,
}: Pick<EpochResult, "learningRate">): [name: string, rate: string][] {
  return learningRate === undefined ? [] : [["learning rate", String(Number(learningRate.toPrecision(4)))]];
}

/** The column names: `auc`, with the prediction and the split if there are several. */
export function metricNames(evaluations: readonly Evaluation[]): string[] {
  return evaluations.flatMap((evaluation) =>
    Object.keys(evaluation.values).map((metric) => columnName(metric, evaluation, evaluations)),
  );
}

/** The values under `names` with five digits; a dash if the rows do not define one. */
export function metricCells(evaluations: readonly Evaluation[], names: readonly string[]): string[] {
  const cells = new Map<string, string>();
  for (const evaluation of evaluations)
    for (const [metric, value] of Object.entries(evaluation.values))
      cells.set(columnName(metric, evaluation, evaluations), Number.isNaN(value) ? "–" : value.toFixed(5));
  return names.map((name) => cells.get(name) ?? "–");
}

function columnName(metric: string, evaluation: Evaluation, all: readonly Evaluation[]): string {
  const label = all.some((other) => other.label !== evaluation.label) ? `${evaluation.label} ` : "";
  const split = all.some((other) => other.split !== evaluation.split) ? `${evaluation.split} ` : "";
  return `${split}${label}${metric}`;
}

/**
 * The metrics for manifests and `dinc eval --format json`: `{ auc, … }`, under the prediction's name if there
 * are several.
 */
export function metricValues(
  evaluations: readonly Evaluation[],
  split: Split,
): MetricValues | Readonly<Record<string, MetricValues>> {
  const own = evaluations.filter((evaluation) => evaluation.split === split);
  const byLabel = own.map((evaluation) => [evaluation.label, finiteOrNull(evaluation.values)] as const);
  return byLabel.length === 1 ? byLabel[0]![1] : Object.fromEntries(byLabel);
}

/** The metrics with all details, by prediction and by metric. */
export function metricDetails(
  evaluations: readonly Evaluation[],
  split: Split,
): Readonly<Record<string, Readonly<Record<string, MetricRecord>>>> {
  const own = evaluations.filter((evaluation) => evaluation.split === split);
  return Object.fromEntries(
    own.map(({ label, values, details }) => [
      label,
      Object.fromEntries(
        Object.entries(details).map(([title, found]) => [title, recordOf(values[title]!, found)]),
      ),
    ]),
  );
}

function recordOf(value: number, { metric, interval, groups, table }: MetricDetails): MetricRecord {
  return {
    value: Number.isFinite(value) ? value : null,
    better: metricOf(metric).better,
    metric,
    ...(interval === null ? {} : { interval }),
    ...(groups === null ? {} : { groups }),
    ...(table === null ? {} : { reliability: table }),
  };
}

function finiteOrNull(values: Readonly<Record<string, number>>): MetricValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, Number.isFinite(value) ? value : null]),
  );
}
