// Finds the source of the labels of an event log's rows. A `binary` label says whether an event happened: 1
// for the event, 0 for a drawn item. Every other label is a column of the log. Pure, and decided before data
// are read.

import type { Label, Model } from "../model/model.ts";
import type { EventsConfig, Examples } from "./config.ts";
import { ruledLabel } from "./label-rule.ts";

export interface LabelsOfEvents {
  /** The number of drawn items per event. */
  readonly perPositive: number;
  /** The label that says whether the event happened; null if all labels are columns of the log. */
  readonly happened: string | null;
  /** The labels that are columns of the log. */
  readonly fromLog: readonly Label[];
}

export function labelsOfEvents(
  model: Pick<Model, "labels">,
  { examples, label: rule }: Pick<EventsConfig, "examples" | "label">,
): LabelsOfEvents {
  const labels = [...model.labels.values()];
  const ruled = rule === undefined ? null : ruledLabel(model, rule);
  const saying = labels.find((label) => isZeroWhereDrawn(label) && label.name !== ruled)?.name ?? null;
  const perPositive = examples.negatives.perPositive ?? (saying === null ? 0 : 1);
  const happened = perPositive === 0 ? null : saying;
  return { perPositive, happened, fromLog: labels.filter(({ name }) => name !== happened) };
}

/** The way rows are made, with the number of drawn items that the labels need. */
export function settledExamples(
  model: Pick<Model, "labels">,
  data: Pick<EventsConfig, "examples" | "label">,
): Examples {
  const { examples } = data;
  const { perPositive } = labelsOfEvents(model, data);
  return { ...examples, negatives: { ...examples.negatives, perPositive } };
}

/** Tells whether a drawn item has the label 0; otherwise it has no label. */
export function isZeroWhereDrawn({ type, mayBeMissing }: Label): boolean {
  return type.kind === "binary" && !mayBeMissing;
}
