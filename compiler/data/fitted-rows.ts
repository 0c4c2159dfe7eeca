// Turns rows with provisional ids into rows for the trainer: ids become final, numbers are transformed.

import { remembered } from "../common/remembered.ts";
import { numberOutOfRange } from "../diagnostics/catalog/scores.ts";
import { DiagnosticError, diagnose, inText } from "../diagnostics/diagnostic.ts";
import { crossOf, numbersOf } from "../frontend/kinds/encoders.ts";
import { needsIds } from "../frontend/kinds/model-queries.ts";
import { kindOf } from "../frontend/kinds/registry.ts";
import { type Feature, type Fitted, featureNamed, type Model, ownerOf } from "../frontend/model/model.ts";
import {
  type Column,
  type ColumnMemory,
  type ColumnReader,
  float32s,
  float64s,
  int32s,
  lengthOf,
  PIECE,
} from "./columns.ts";
import type { FitSource } from "./fit-rows.ts";
import { withWeights } from "./label-columns.ts";
import { type FittedRows, mapped, type ReadRows } from "./row-stages.ts";

/**
 * Rows in the form for the network: numbers are transformed, crosses computed from their parts. Removes the
 * raw numbers.
 */
export function fittedRows(model: Model, fitted: Fitted, raw: ReadRows, memory: ColumnMemory): FittedRows {
  const seen = (feature: Feature, numbers: Column<Float64Array>) =>
    transformedColumn(feature, numbers, fitted, memory);
  const numbers = mapped(raw.numbers, (numbers, name) => seen(featureNamed(model, name), numbers));
  return {
    ...raw,
    ids: new Map([...raw.ids, ...crossed(model, raw, memory)]),
    numbers,
    labels: withWeights(model, { ...raw, numbers }, memory),
    histories: mapped(raw.histories, (history, name) => ({
      ...history,
      numbers: mapped(history.numbers, (numbers, field) => seen(featureOfField(model, name, field), numbers)),
    })),
  };
}

/** The transformed numbers of a column; removes the raw column. */
export function transformedColumn(
  feature: Feature,
  raw: Column<Float64Array>,
  fitted: Fitted,
  { reader, store }: ColumnMemory,
): Column<Float32Array> {
  const numbers = numbersOf(feature, fitted);
  const writer = store.column(float32s, lengthOf(raw));
  const transformed = remembered((value) => numbers.numberOf(value));
  const piece = new Float32Array(Math.min(PIECE, lengthOf(raw)));
  for (const { values } of reader.pieces(raw, float64s)) {
    for (let i = 0; i < values.length; i++) {
      const seen = transformed(values[i]!);
      // The row was read before the transforms were fitted, and belongs to validation, so it was not checked
      // earlier.
      if (Number.isNaN(seen)) throw outOfRange(feature, values[i]!);
      piece[i] = seen;
    }
    writer.append(piece.subarray(0, values.length));
  }
  store.remove(raw);
  return writer.finish();
}

function outOfRange({ name, span }: Feature, value: number): DiagnosticError {
  const parameters = { column: name, value: String(value), transformed: true };
  return new DiagnosticError([diagnose(numberOutOfRange, parameters, inText(span))]);
}

/** The transformed numbers of a column. */
export function transformed(feature: Feature, values: Float64Array, fitted: Fitted): Float32Array {
  const seen = float32s(values.length);
  if (kindOf(feature.kind).gives === "vector") seen.set(values);
  else {
    const numbers = numbersOf(feature, fitted);
    for (let i = 0; i < values.length; i++) seen[i] = numbers.numberOf(values[i]!);
  }
  return seen;
}

/** The ids of each cross that the network reads and whose parts were read, from its parts' final ids. */
function crossed(
  model: Model,
  { rows, ids }: ReadRows,
  { reader, store }: ColumnMemory,
): Map<string, Column<Int32Array>> {
  const crosses = new Map<string, Column<Int32Array>>();
  for (const feature of model.features.values()) {
    const cross = crossOf(feature);
    if (cross === null || !needsIds(model, feature) || !cross.parts.every((part) => ids.has(part))) continue;
    const columns = cross.parts.map((part) => ids.get(part)!);
    const writer = store.column(int32s, rows);
    for (let from = 0; from < rows; from += PIECE) {
      const count = Math.min(PIECE, rows - from);
      const parts = columns.map((column) => reader.read(column, from, new Int32Array(count)));
      for (let i = 0; i < count; i++) writer.push(cross.idOf(parts.map((values) => values[i]!)));
    }
    crosses.set(feature.name, writer.finish());
  }
  return crosses;
}

/** The feature of a field. */
export function featureOfField(model: Model, history: string, field: string): Feature {
  return model.histories.get(history)!.fields.find(({ name }) => name === field)!.feature;
}

/** Rows to fit on; `others` are read with the fitted values. */
export function fitSourceOf(
  model: Model,
  train: ReadRows,
  others: readonly ReadRows[],
  { reader, store }: ColumnMemory,
): FitSource {
  return {
    occurrences: (owner, ids) => occurrencesInColumns(idColumns(model, train, owner), ids, reader),
    renumber: (owner, ids) => {
      for (const each of [train, ...others])
        for (const column of idColumns(model, each, owner))
          store.rewrite(column, reader, int32s, (values) => renumber(values, ids));
    },
    numbersOf: (feature) => {
      const columns = numberColumns(model, train, feature);
      return (take) => {
        for (const column of columns)
          for (const { values } of reader.pieces(column, float64s)) for (const x of values) take(x, 1);
      };
    },
  };
}

/** For each id below `ids`, its number of occurrences in the columns. */
function occurrencesInColumns(
  columns: readonly Column<Int32Array>[],
  ids: number,
  reader: ColumnReader,
): Float64Array {
  const counts = new Float64Array(ids);
  for (const column of columns)
    for (const { values } of reader.pieces(column, int32s))
      for (let i = 0; i < values.length; i++) counts[values[i]!]! += 1;
  return counts;
}

/** The columns with ids of the vocabulary of `owner`, including those of features that share it. */
function idColumns(model: Model, rows: ReadRows, owner: string): Column<Int32Array>[] {
  const isOf = (feature: Feature) => ownerOf(feature) === owner;
  const own = (name: string) => isOf(featureNamed(model, name));
  const named = <T>(columns: ReadonlyMap<string, T>, isWanted: (name: string) => boolean): T[] =>
    [...columns].filter(([name]) => isWanted(name)).map(([, column]) => column);
  return [
    ...named(rows.ids, own),
    ...named(rows.sets, own).map(({ ids }) => ids),
    ...[...rows.histories].flatMap(([history, { ids, sets }]) => {
      const field = (name: string) => isOf(featureOfField(model, history, name));
      return [...named(ids, field), ...named(sets, field).map((set) => set.ids)];
    }),
  ];
}

/** The columns with a feature's numbers: its own, and those of steps. */
function numberColumns(model: Model, train: ReadRows, { name }: Feature): Column<Float64Array>[] {
  const own = train.numbers.get(name);
  return [
    ...(own === undefined ? [] : [own]),
    ...[...train.histories].flatMap(([history, { numbers }]) =>
      [...numbers]
        .filter(([field]) => featureOfField(model, history, field).name === name)
        .map(([, column]) => column),
    ),
  ];
}

/** Replaces provisional ids by final ones. */
export function renumber(column: Int32Array, ids: Int32Array): void {
  for (let i = 0; i < column.length; i++) column[i] = ids[column[i]!]!;
}
