// Decides which values a module counts for `ranker.stats()`: the column of the training rows, and how its
// values are counted.

import { keepsVocabulary, rawKindOf } from "../../frontend/kinds/registry.ts";
import type { Feature, History, LabelType } from "../../frontend/model/model.ts";
import type { CountedColumns } from "../serving/weights-file.ts";
import type { BoundInput } from "./read-inputs.ts";

/** Buckets are counted by their numbers, as in a run's baseline. */
export function countsNumbers({ kind }: Feature): boolean {
  return kind.kind === "number" || kind.kind === "bins";
}

/** The column of training data with its values. */
export function columnOf({ raw, history }: BoundInput): string {
  return history?.fields.find(({ name }) => name === raw)?.column ?? raw;
}

/** Hashed ids have no frequent values, because no weights file has their texts. */
export function countedColumns(bound: readonly BoundInput[], histories: readonly History[]): CountedColumns {
  const isListed = ({ feature: { kind } }: BoundInput) =>
    keepsVocabulary({ kind }) || kind.kind === "enum" || kind.kind === "int" || kind.kind === "sized_id";
  const numbers = bound.filter(({ feature }) => countsNumbers(feature));
  const ids = bound.filter(({ feature }) => !countsNumbers(feature) && rawKindOf(feature).gives !== "vector");
  return {
    values: [...new Set(ids.filter(isListed).map(columnOf))],
    numbers: [...new Set([...numbers.map(columnOf), ...histories.map(lengthsColumn)])],
  };
}

/** The lists of a history have equal lengths, so the first one's are used. */
export function lengthsColumn({ fields }: History): string {
  return fields[0]!.column;
}

/** Tells whether scores are counted, which applies to probabilities. */
export function isCounted({ kind }: LabelType): boolean {
  return kind === "binary" || kind === "share";
}
