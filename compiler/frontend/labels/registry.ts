// Every kind of label. A kind without an object here does not compile.

import type { Outcome } from "../../middle/metrics/outcome.ts";
import { groupsOf, type Metric, metricOf } from "../../middle/metrics/registry.ts";
import type { Predicted } from "../../middle/training/channels.ts";
import type { Label, LabelType, Model } from "../model/model.ts";
import { binary, share } from "./binary.label.ts";
import { enumeration, int } from "./classes.label.ts";
import type { LabelKind, LabelTypeOf } from "./define-label-kind.ts";
import { number } from "./number.label.ts";

export const labelKinds: { readonly [K in LabelType["kind"]]: LabelKind<LabelTypeOf<K>> } = {
  binary,
  share,
  number,
  enum: enumeration,
  int,
};

export function labelKindOf({ type }: Pick<Label, "type">): LabelKind {
  return labelKinds[type.kind] as unknown as LabelKind;
}

/** As in a spec: `binary`, `int(1..5)`. */
export function labelTypeText(type: LabelType): string {
  if (type.kind === "int") return `int(${type.classes[0]}..${type.classes.at(-1)})`;
  if (type.kind === "enum") return `enum(${type.classes.map((each) => JSON.stringify(each)).join(", ")})`;
  return labelKinds[type.kind].form;
}

/** The metrics of `metrics` that fit a label's predictions, and what they measure. */
export interface MeasuredBy {
  readonly metrics: readonly Metric[];
  readonly outcome: Outcome;
  /**
   * The feature that identifies users: the first by which a metric groups, whichever label it fits; null if
   * there is none.
   */
  readonly users: string | null;
}

export function measuredBy(
  { labels, train }: Pick<Model, "labels" | "train">,
  label: string,
  metrics: readonly Metric[] = train.metrics,
): MeasuredBy {
  const { outcome } = labelKindOf(labels.get(label)!);
  const [users] = groupsOf(metrics);
  return {
    metrics: metrics.filter((metric) => metricOf(metric).fits.includes(outcome)),
    ...{ outcome, users: users ?? null },
  };
}

/** A prediction with its metrics. */
export interface MeasuredPrediction extends Predicted, MeasuredBy {}

export function measuredPredictions(
  model: Pick<Model, "labels" | "train" | "predictions">,
): readonly MeasuredPrediction[] {
  return model.predictions.map(({ label, width }) => ({ label, width, ...measuredBy(model, label) }));
}

/** Labels whose predictions are the probability of a yes, in the order of their predictions. */
export function probabilityLabels({
  labels,
  predictions,
}: Pick<Model, "labels" | "predictions">): readonly string[] {
  return predictions.flatMap(({ label }) => {
    const { outcome } = labelKindOf(labels.get(label)!);
    return outcome === "binary" || outcome === "share" ? [label] : [];
  });
}
