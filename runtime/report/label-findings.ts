// Computes a report's findings about the scores of each label on held-out rows, as plain data.

import { sigmoid } from "../../compiler/common/sigmoid.ts";
import { weightsIn } from "../../compiler/data/label-columns.ts";
import { measuredBy } from "../../compiler/frontend/labels/registry.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { auc } from "../../compiler/middle/metrics/auc.metric.ts";
import { groupsOf } from "../../compiler/middle/metrics/registry.ts";
import { countedRows, LabelledScores } from "../../compiler/middle/metrics/scored.ts";
import { type AmountFindings, amountFindings } from "./amounts.ts";
import { type Breakdown, type BreakdownInput, breakdownOf, type RowNumbers } from "./breakdown.ts";
import { type CalibrationReport, calibrationOf } from "./calibration.ts";
import { type ClassFindings, classFindings } from "./confusion.ts";

export interface LabelFindings {
  readonly predictions: readonly PredictionFindings[];
  /** The findings for labels that are numbers or shares, and for classes. */
  readonly amounts: readonly AmountFindings[];
  readonly classes: readonly ClassFindings[];
}

export interface PredictionFindings {
  readonly label: string;
  /** The AUC of all examined rows; NaN if they have only one class. */
  readonly auc: number;
  readonly calibration: CalibrationReport;
  readonly breakdowns: readonly Breakdown[];
}

/** The feature that identifies users for intervals: that of the first metric that names one. */
export function usersOf({ train }: Model): string | null {
  const [users] = groupsOf(train.metrics);
  return users ?? null;
}

/** The labels and groups for measuring rows. */
export interface MeasuredLabels {
  readonly labels: ReadonlyMap<string, Float32Array>;
  readonly groups: ReadonlyMap<string, Int32Array>;
}

/**
 * Measures the labels that the rows have; binary labels are broken down by `numbers`. `onLabel` is called
 * before each label.
 */
export async function labelFindings(
  model: Model,
  rows: MeasuredLabels,
  scores: ReadonlyMap<string, Float32Array>,
  numbers: readonly RowNumbers[],
  onLabel: (label: string) => void = () => {},
): Promise<LabelFindings> {
  const by = usersOf(model);
  const groups = by === null ? undefined : rows.groups.get(by);
  const predictions: PredictionFindings[] = [];
  const amounts: AmountFindings[] = [];
  const classes: ClassFindings[] = [];
  for (const { label } of model.predictions) {
    const labels = rows.labels.get(label);
    if (labels === undefined) continue;
    onLabel(label);
    const logits = scores.get(label)!;
    const all = {
      ...{ logits, labels, weights: weightsIn(rows.labels, label) },
      users: groups === undefined ? null : { by: by!, of: groups },
      seed: model.train.seed,
    };
    const { outcome } = measuredBy(model, label);
    const { type } = model.labels.get(label)!;
    if (outcome === "number") amounts.push(await amountFindings(label, all));
    else if (outcome === "share")
      amounts.push(await amountFindings(label, { ...all, logits: logits.map(sigmoid) }));
    else if ("classes" in type) classes.push(await classFindings(label, type.classes.map(String), all));
    else predictions.push(await binaryFindings(model, label, all, numbers));
  }
  return { predictions, amounts, classes };
}

async function binaryFindings(
  { train }: Model,
  label: string,
  all: BreakdownInput,
  numbers: readonly RowNumbers[],
): Promise<PredictionFindings> {
  const counted = countedRows(all.weights);
  const floats = (of: Float32Array) =>
    counted === null ? of : Float32Array.from(counted, (row) => of[row]!);
  const ints = (of: Int32Array) => (counted === null ? of : Int32Array.from(counted, (row) => of[row]!));
  const rows: BreakdownInput = {
    ...{
      logits: floats(all.logits),
      labels: floats(all.labels),
      weights: all.weights && floats(all.weights),
    },
    users: all.users && { by: all.users.by, of: ints(all.users.of) },
    seed: all.seed,
  };
  const breakdowns: Breakdown[] = [];
  for (const each of numbers)
    breakdowns.push(await breakdownOf({ ...each, numbers: ints(each.numbers) }, rows));
  const { value: area } = auc.measure(
    new LabelledScores(rows.logits, rows.labels, new Map(), "binary", rows.weights),
    {},
  );
  return { label, auc: area, calibration: await calibrationOf(train.metrics, rows), breakdowns };
}
