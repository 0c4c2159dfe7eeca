// From rows whose vocabularies are only numbered to rows as the trainer sees them: ids have their final numbers, numbers
// are transformed.

import { kindOf } from "../../compiler/kinds/registry.ts";
import { type Feature, type Fitted, type Model, needsIds, ownerOf } from "../../compiler/model/model.ts";
import { inputNames } from "../../compiler/training/program.ts";
import { crossOf, numbersOf } from "../features/encoders.ts";
import type { NumberSource } from "../features/fit.ts";
import { occurrences, timesRead } from "../train/occurrences.ts";
import type { TableUse } from "../train/table-uses.ts";
import { sharedFloat32, sharedInt32 } from "./builders.ts";
import type { Dataset, HistoryColumns, SetColumn } from "./dataset.ts";
import type { Teaching } from "./teaching.ts";

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

/** The numbers of a column as the net sees them. */
export function transformed(feature: Feature, values: Float64Array, fitted: Fitted): Float32Array {
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

/** Rows in memory that teach; `others` are read by what they taught. */
export function teachingRows(model: Model, train: RawRows, others: readonly RawRows[]): Teaching {
  const done = new Set<Int32Array>();
  return {
    occurrences: (owner, ids) => occurrences(ids, usesOf(model, train, owner), train),
    renumber: (owner, ids) => {
      for (const each of [train, ...others])
        for (const column of idColumns(model, each, owner)) {
          if (!done.has(column)) renumber(column, ids);
          done.add(column);
        }
    },
    numbersOf: (feature) => numbersIn(model, train, feature),
  };
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

/** Puts final ids in the place of provisional ones. */
export function renumber(column: Int32Array, ids: Int32Array): void {
  for (let i = 0; i < column.length; i++) column[i] = ids[column[i]!]!;
}
