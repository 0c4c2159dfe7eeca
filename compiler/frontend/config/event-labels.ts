// Where the rows of an event log have their labels from. A `binary` label says whether an event happened: 1
// for the event, 0 for an item that was drawn. Every other label is a column of the log. Pure, and decided
// before data are read.

import type { Label, Model } from "../model/model.ts";
import type { EventsConfig, Examples } from "./config.ts";
import { ruledLabel } from "./label-rule.ts";

export interface LabelsOfEvents {
  /** Rows of drawn items for each row of an event. */
  readonly perPositive: number;
  /** The label that says whether the event happened; null where all are columns of the log. */
  readonly happened: string | null;
  /** Those that are columns of the log. */
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

/** How rows are made, with the number of drawn items that the labels ask for. */
export function settledExamples(
  model: Pick<Model, "labels">,
  data: Pick<EventsConfig, "examples" | "label">,
): Examples {
  const { examples } = data;
  const { perPositive } = labelsOfEvents(model, data);
  return { ...examples, negatives: { ...examples.negatives, perPositive } };
}

/** Whether an item that was drawn has the label 0; otherwise it has none. */
export function isZeroWhereDrawn({ type, mayBeMissing }: Label): boolean {
  return type.kind === "binary" && !mayBeMissing;
}
