// From rows whose vocabularies are only numbered to rows as the trainer sees them: fits what is learned from the
// training rows, gives ids their final numbers, transforms numbers.

import { listedOthers } from "../../compiler/diagnostics/catalog/vocabularies.ts";
import { type Diagnostic, DiagnosticError, diagnose, inText } from "../../compiler/diagnostics/diagnostic.ts";
import { hasIds, hasLearningPipe, kindOf, vocabularyFileOf } from "../../compiler/kinds/registry.ts";
import {
  allFeatures,
  type Feature,
  FIRST_ID,
  type Fitted,
  featureNamed,
  type Model,
  needsIds,
  ownerOf,
} from "../../compiler/model/model.ts";
import { inputNames } from "../../compiler/training/program.ts";
import { crossOf, type FittingEncoders, numbersOf } from "../features/encoders.ts";
import { fitCollected, fitTransforms, type NumberSource } from "../features/fit.ts";
import { occurrences, timesRead } from "../train/occurrences.ts";
import type { TableUse } from "../train/table-uses.ts";
import { sharedFloat32, sharedInt32 } from "./builders.ts";
import type { Dataset, HistoryColumns, SetColumn } from "./dataset.ts";

/** Like a Dataset, numbers not transformed yet; splits may share arrays. */
export interface RawRows {
  readonly rows: number;
  readonly ids: ReadonlyMap<string, Int32Array>;
  readonly sets: ReadonlyMap<string, SetColumn>;
  readonly numbers: ReadonlyMap<string, Float64Array>;
  readonly histories: ReadonlyMap<string, HistoryColumns<Float64Array>>;
  readonly labels: ReadonlyMap<string, Float32Array>;
  readonly groups: ReadonlyMap<string, Int32Array>;
}

/**
 * Gives rows as the net sees them: numbers transformed, crosses computed from their parts. Splits that share a column share
 * the transformed one.
 */
export function transformer(model: Model, fitted: Fitted): (raw: RawRows) => Dataset {
  const known = new Map<Float64Array, Float32Array>();
  const seen = (feature: Feature, values: Float64Array): Float32Array => {
    const column = known.get(values) ?? transformed(feature, values, fitted);
    known.set(values, column);
    return column;
  };
  return (raw) => ({
    ...raw,
    ids: new Map([...raw.ids, ...crossed(model, raw)]),
    numbers: mapped(raw.numbers, (values, name) => seen(model.features.get(name)!, values)),
    histories: mapped(raw.histories, (columns, history) => ({
      ...columns,
      numbers: mapped(columns.numbers, (values, field) => seen(featureOf(model, history, field), values)),
    })),
  });
}

function transformed(feature: Feature, values: Float64Array, fitted: Fitted): Float32Array {
  const seen = sharedFloat32(values.length);
  if (kindOf(feature.kind).gives === "vector") seen.set(values);
  else {
    const numbers = numbersOf(feature, fitted);
    for (let i = 0; i < values.length; i++) seen[i] = numbers.numberOf(values[i]!);
  }
  return seen;
}

/** By cross that the net reads: its ids, from the final ones of its parts. */
function crossed(model: Model, { rows, ids }: RawRows): Map<string, Int32Array> {
  const crosses = new Map<string, Int32Array>();
  for (const feature of model.features.values()) {
    const cross = crossOf(feature);
    if (cross === null || !needsIds(model, feature)) continue;
    const columns = cross.parts.map((part) => ids.get(part)!);
    const column = sharedInt32(rows);
    for (let row = 0; row < rows; row++) column[row] = cross.idOf(columns.map((each) => each[row]!));
    crosses.set(feature.name, column);
  }
  return crosses;
}

function mapped<A, B>(map: ReadonlyMap<string, A>, make: (value: A, key: string) => B): Map<string, B> {
  return new Map([...map].map(([key, value]) => [key, make(value, key)]));
}

/** The feature of a field. */
function featureOf(model: Model, history: string, field: string): Feature {
  return model.histories.get(history)!.fields.find(({ name }) => name === field)!.feature;
}

/** What `train` teaches. Afterwards the ids of `train` and `others`, given by `encoders`, are final. */
export function fit(
  model: Model,
  encoders: FittingEncoders,
  train: RawRows,
  others: readonly RawRows[],
): Fitted {
  const vocabularies = new Map(encoders.given.vocabularies);
  const transforms = new Map<string, readonly (readonly number[])[]>();
  const done = new Set<Int32Array>();
  for (const [name, collected] of encoders.collected) {
    const counts = occurrences(FIRST_ID + collected.size, usesOf(model, train, name), train).subarray(
      FIRST_ID,
    );
    const learned = fitCollected(featureNamed(model, name), collected, counts);
    if (learned.vocabulary !== null) vocabularies.set(name, learned.vocabulary);
    if (learned.transforms !== null) transforms.set(name, learned.transforms);
    for (const each of [train, ...others])
      for (const column of idColumns(model, each, name)) {
        // Splits made from one event log share the steps of their histories.
        if (!done.has(column)) renumber(column, learned.ids);
        done.add(column);
      }
  }
  for (const feature of allFeatures(model)) {
    if (hasIds(feature.kind) || !hasLearningPipe(feature)) continue;
    transforms.set(feature.name, fitTransforms(feature, numbersIn(model, train, feature)));
  }
  const problems = allFeatures(model).flatMap((feature) =>
    feature.shares === null ? ofOtherValues(model, feature, vocabularies, train) : [],
  );
  if (problems.length > 0) throw new DiagnosticError(problems);
  return { vocabularies, transforms };
}

/** What is said where no training row has any of the values that a feature's file lists. */
function ofOtherValues(
  model: Model,
  feature: Feature,
  vocabularies: Fitted["vocabularies"],
  train: RawRows,
): Diagnostic[] {
  const file = vocabularyFileOf(feature);
  const columns = idColumns(model, train, feature.name);
  const isKnown = (id: number) => id >= FIRST_ID;
  if (file === null || columns.every(({ length }) => length === 0)) return [];
  if (columns.some((column) => column.some(isKnown))) return [];
  const listed = vocabularies.get(feature.name)!;
  const parameters = { feature: feature.name, path: file.path, listed: listed.length };
  const help = `the first that it lists is ${JSON.stringify(listed[0])}`;
  return [diagnose(listedOthers, parameters, inText(file.span), { help })];
}

/** The numbers of a feature: those of its own column, and those of steps as often as rows read them. */
function numbersIn(model: Model, train: RawRows, { name }: Feature): NumberSource {
  const steps = [...train.histories].flatMap(([history, columns]) =>
    [...columns.numbers]
      .filter(([field]) => featureOf(model, history, field).name === name)
      .map(([, values]) => ({ values, times: timesRead(columns, values.length) })),
  );
  return (take) => {
    for (const x of train.numbers.get(name) ?? []) take(x, 1);
    for (const { values, times } of steps)
      for (let i = 0; i < values.length; i++) take(values[i]!, times[i]!);
  };
}

/** Where ids of the vocabulary of `owner` stand: in its columns and in those of features that share it. */
function usesOf(model: Model, rows: RawRows, owner: string): TableUse[] {
  const uses: TableUse[] = [];
  const isOf = (feature: Feature) => ownerOf(feature) === owner;
  const add = (names: Iterable<string>, history: string | null, set: boolean) => {
    for (const name of names) {
      const feature = history === null ? model.features.get(name)! : featureOf(model, history, name);
      const input = history === null ? inputNames.feature(name) : inputNames.field(history, name);
      if (isOf(feature)) uses.push({ input, table: owner, feature: name, history, set });
    }
  };
  add(rows.ids.keys(), null, false);
  add(rows.sets.keys(), null, true);
  for (const [history, { steps, sets }] of rows.histories) {
    add(steps.keys(), history, false);
    add(sets.keys(), history, true);
  }
  return uses;
}

function idColumns(model: Model, rows: RawRows, owner: string): Int32Array[] {
  return usesOf(model, rows, owner).map(({ feature, history, set }) => {
    const steps = history === null ? null : rows.histories.get(history)!;
    if (set) return (steps ?? rows).sets.get(feature)!.ids;
    return (steps?.steps ?? rows.ids).get(feature)!;
  });
}

function renumber(column: Int32Array, ids: Int32Array): void {
  for (let i = 0; i < column.length; i++) column[i] = ids[column[i]!]!;
}
