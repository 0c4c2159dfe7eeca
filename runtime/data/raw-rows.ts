// From rows whose vocabularies are only numbered to rows as the trainer sees them: fits what is learned from the
// training rows, gives ids their final numbers, transforms numbers.

import { invariant } from "../../compiler/internal-error.ts";
import type { Feature, Fitted, Model, Scale } from "../../compiler/model/model.ts";
import { type FittingEncoders, numberSteps } from "../features/encoders.ts";
import { fitVocabulary, RunningScale } from "../features/fit.ts";
import { type NumberStep, transformNumber } from "../serve/features.ts";
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
    const { kind } = model.features.get(name)!;
    invariant(kind.kind === "id", `${name} has no learned vocabulary`);
    const texts = interner.texts();
    const counted = occurrences({ name, rows: texts.length, width: 0 }, usesOf(model, train, name), ids);
    const vocabulary = fitVocabulary(texts, counted, kind.minCount);
    vocabularies.set(name, vocabulary.values);
    for (const rows of [train, ...others])
      for (const column of idColumns(rows, name)) {
        // Splits made from one event log share the steps of their histories.
        if (!done.has(column)) renumber(column, vocabulary.ids);
        done.add(column);
      }
  }
  return { vocabularies, scales: fitScales(model, train) };
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

function fitScales(model: Model, train: RawRows): Map<string, Scale> {
  const scales = new Map<string, Scale>();
  for (const feature of model.features.values()) {
    if (feature.kind.kind !== "number" || !feature.kind.transforms.includes("standardize")) continue;
    const before = stepsBeforeScale(feature);
    const running = new RunningScale();
    for (const value of train.numbers.get(feature.name)!) running.add(unscaled(value, before));
    scales.set(feature.name, running.scale());
  }
  return scales;
}

function stepsBeforeScale({ kind }: Feature): readonly NumberStep["kind"][] {
  invariant(kind.kind === "number", "only numbers are scaled");
  return kind.transforms.slice(0, kind.transforms.indexOf("standardize"));
}

/** In f64, as `transformNumber` goes on from it. */
function unscaled(value: number, before: readonly NumberStep["kind"][]): number {
  return before.includes("log1p") ? Math.log1p(value) : value;
}
