// From rows whose vocabularies are only numbered to rows as the trainer sees them: fits what is learned from the
// training rows, gives ids their final numbers, transforms numbers.

import { hasLearningTransform } from "../../compiler/kinds/registry.ts";
import type { Fitted, Model } from "../../compiler/model/model.ts";
import { type FittingEncoders, numberSteps } from "../features/encoders.ts";
import { fitTransforms, fitVocabulary } from "../features/fit.ts";
import { transformNumber } from "../serve/numbers.ts";
import { occurrences } from "../train/occurrences.ts";
import type { TableUse } from "../train/table-uses.ts";
import { sharedFloat32 } from "./builders.ts";
import type { Dataset, HistoryColumns } from "./dataset.ts";

/** Like a Dataset, numbers not transformed yet; splits may share arrays. */
export interface RawRows {
  readonly rows: number;
  readonly ids: ReadonlyMap<string, Int32Array>;
  readonly numbers: ReadonlyMap<string, Float64Array>;
  readonly histories: ReadonlyMap<string, HistoryColumns>;
  readonly labels: ReadonlyMap<string, Float32Array>;
  readonly groups: ReadonlyMap<string, Int32Array>;
}

/** The rows with their numbers as the net sees them. */
export function transformed(model: Model, raw: RawRows, fitted: Fitted): Dataset {
  const numbers = new Map<string, Float32Array>();
  for (const [name, values] of raw.numbers) {
    const steps = numberSteps(model.features.get(name)!, fitted);
    const seen = sharedFloat32(values.length);
    for (let i = 0; i < values.length; i++) seen[i] = transformNumber(values[i]!, steps);
    numbers.set(name, seen);
  }
  return { ...raw, numbers };
}

/** What `train` teaches. Afterwards the ids of `train` and `others`, numbered by `encoders`, are final. */
export function fit(
  model: Model,
  encoders: FittingEncoders,
  train: RawRows,
  others: readonly RawRows[],
): Fitted {
  const ids = { ...train, numbers: new Map() };
  const vocabularies = new Map<string, readonly string[]>();
  const done = new Set<Int32Array>();
  for (const [name, interner] of encoders.interners) {
    const texts = interner.texts();
    const counted = occurrences(texts.length, usesOf(model, train, name), ids);
    const vocabulary = fitVocabulary(model.features.get(name)!, texts, counted);
    vocabularies.set(name, vocabulary.values);
    for (const rows of [train, ...others])
      for (const column of idColumns(rows, name)) {
        // Splits made from one event log share the steps of their histories.
        if (!done.has(column)) renumber(column, vocabulary.ids);
        done.add(column);
      }
  }
  const transforms = new Map<string, readonly (readonly number[])[]>();
  for (const feature of model.features.values())
    if (hasLearningTransform(feature))
      transforms.set(feature.name, fitTransforms(feature, train.numbers.get(feature.name)!));
  return { vocabularies, transforms };
}

function usesOf(model: Model, rows: RawRows, feature: string): TableUse[] {
  const uses: TableUse[] = [];
  if (rows.ids.has(feature)) uses.push({ input: feature, table: feature, feature, history: null });
  for (const history of model.histories.values())
    if (rows.histories.get(history.name)?.steps.has(feature))
      uses.push({ input: `${history.name}.${feature}`, table: feature, feature, history: history.name });
  return uses;
}

function idColumns(rows: RawRows, feature: string): Int32Array[] {
  const histories = [...rows.histories.values()].map((history) => history.steps.get(feature));
  return [rows.ids.get(feature), ...histories].filter((column) => column !== undefined);
}

function renumber(column: Int32Array, ids: Int32Array): void {
  for (let i = 0; i < column.length; i++) column[i] = ids[column[i]!]!;
}
