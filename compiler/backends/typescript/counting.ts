// Says which values a module counts for `ranker.stats()`: the column of the training rows, and how its values are counted.

import { keepsVocabulary, rawKindOf } from "../../frontend/kinds/registry.ts";
import type { Feature, History, LabelType } from "../../frontend/model/model.ts";
import type { CountedColumns } from "../serving/weights-file.ts";
import type { BoundInput } from "./schema.ts";

/** Buckets are counted by their numbers, as the baseline of a run counts them. */
export function countsNumbers({ kind }: Feature): boolean {
  return kind.kind === "number" || kind.kind === "bins";
}

/** The column of training data that has its values. */
export function columnOf({ name, history }: BoundInput): string {
  return history?.fields.find((field) => field.name === name)?.column ?? name;
}

/** Of hashed ids, frequent values are not kept: nothing of a weights file has their texts. */
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

/** Lists of a history are equally long: the first has the lengths. */
export function lengthsColumn({ fields }: History): string {
  return fields[0]!.column;
}

/** Whether scores are counted: probabilities of a yes are. */
export function isCounted({ kind }: LabelType): boolean {
  return kind === "binary" || kind === "share";
}
