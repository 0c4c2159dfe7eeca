// Breaks the AUC down by length of the history and by popularity of the candidate.

import { formatCount } from "../../compiler/common/format-count.ts";
import { auc } from "../../compiler/middle/metrics/auc.metric.ts";
import { LabelledScores } from "../../compiler/middle/metrics/scored.ts";
import type { Interval } from "../../compiler/train/metrics/bootstrap.ts";
import { rangesOf } from "./buckets.ts";
import { intervalsBy } from "./resampled.ts";

/** A whole number for each row; −1 for rows that form a separate bucket. */
export interface RowNumbers {
  /** The counted quantity, such as "length of clicks". */
  readonly title: string;
  /** An explanation that follows the caption. */
  readonly doc: string;
  readonly numbers: Int32Array;
  /** The names of the buckets with −1 and with 0. */
  readonly apart: string;
  readonly zero: string;
}

export interface Breakdown extends Pick<RowNumbers, "title" | "doc"> {
  readonly buckets: readonly Bucket[];
}

export interface Bucket {
  readonly name: string;
  readonly rows: number;
  readonly clicks: number;
  /** NaN if all rows have the same class. */
  readonly auc: number;
  readonly interval: Interval | null;
}

const MOST_BUCKETS = 6;

export interface BreakdownInput {
  /** For classes, one value per class, row by row. */
  readonly logits: Float32Array;
  readonly labels: Float32Array;
  /** The weight of each row; null if all weights are 1. */
  readonly weights: Float32Array | null;
  /**
   * The feature that identifies users, and a number for each row's user; null if no metric names a feature.
   */
  readonly users: { readonly by: string; readonly of: Int32Array } | null;
  readonly seed: number;
}

export async function breakdownOf(
  { title, doc, numbers, apart, zero }: RowNumbers,
  rows: BreakdownInput,
): Promise<Breakdown> {
  const known = numbers.filter((number) => number >= 0);
  const ranges = rangesOf(known, MOST_BUCKETS);
  const named = [
    ...(known.length === numbers.length ? [] : [{ name: apart, low: -1, high: -1 }]),
    ...ranges.map((range) => ({ ...range, name: range.high === 0 ? zero : nameOf(range.low, range.high) })),
  ];
  const buckets: Bucket[] = [];
  for (const { name, low, high } of named) {
    const own = rowsBetween(numbers, low, high);
    buckets.push({ name, ...(await measured(own, rows)) });
  }
  return { title, doc, buckets };
}

function nameOf(low: number, high: number): string {
  return low === high ? formatCount(low) : `${formatCount(low)}–${formatCount(high)}`;
}

function rowsBetween(numbers: Int32Array, low: number, high: number): Int32Array {
  const rows: number[] = [];
  numbers.forEach((number, row) => {
    if (number >= low && number <= high) rows.push(row);
  });
  return Int32Array.from(rows);
}

async function measured(
  own: Int32Array,
  { logits, labels, weights, users, seed }: BreakdownInput,
): Promise<Omit<Bucket, "name">> {
  const at = (values: Float32Array) => Float32Array.from(own, (row) => values[row]!);
  const ownLabels = at(labels);
  const groups = new Map(users === null ? [] : [[users.by, Int32Array.from(own, (row) => users.of[row]!)]]);
  const scored = new LabelledScores(at(logits), ownLabels, groups, "binary", weights && at(weights));
  const { value, resampled } = auc.measure(scored, {});
  const clicks = ownLabels.reduce((sum, label) => sum + label, 0);
  if (users === null || resampled === null || !Number.isFinite(value))
    return { rows: own.length, clicks, auc: value, interval: null };
  const units = scored.groups(users.by);
  const [interval] = await intervalsBy(users.by, units.count, [resampled(units)], seed);
  return { rows: own.length, clicks, auc: value, interval: interval ?? null };
}
