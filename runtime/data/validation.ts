// Validation rows taken from the training rows: those of a fraction of the users, who are drawn by a seed. A user's rows
// stand on one side only.

import { keptNothing, validateByUnknown } from "../../compiler/diagnostics/catalog/settings.ts";
import { DiagnosticError, diagnose } from "../../compiler/diagnostics/diagnostic.ts";
import { tellsGroups } from "../../compiler/kinds/registry.ts";
import type { Feature, Model } from "../../compiler/model/model.ts";
import type { Validate } from "../config/config.ts";
import { Random } from "../random.ts";
import { sharedFloat32, sharedInt32 } from "./builders.ts";
import type { HistoryColumns, SetColumn } from "./dataset.ts";
import type { RawRows } from "./raw-rows.ts";

/** 1 for each of `count` users that is drawn: a fraction of them, to the nearest whole number. */
export function drawnUsers(count: number, validate: Validate): Uint8Array {
  const { fraction, seed, place } = validate;
  const drawn = Math.round(fraction * count);
  if (drawn === 0 || drawn === count) {
    const parameters = { fraction, of: count, what: count === 1 ? "user" : "users" };
    throw new DiagnosticError([
      diagnose(keptNothing, parameters, place, { help: "take another fraction, or more training rows" }),
    ]);
  }
  const chosen = new Uint8Array(count);
  for (const user of Random.of(seed, "validation").order(count).subarray(0, drawn)) chosen[user] = 1;
  return chosen;
}

/** The feature that tells users apart. */
export function userFeature(model: Model, { by, place }: Validate & { readonly by: string }): Feature {
  const feature = model.features.get(by);
  if (feature !== undefined && tellsGroups(feature)) return feature;
  const names = [...model.features.values()].filter(tellsGroups).map(({ name }) => name);
  const help =
    names.length === 0 ? "declare the user's id in the spec" : `features with ids: ${names.join(", ")}`;
  throw new DiagnosticError([diagnose(validateByUnknown, { by }, place, { help })]);
}

/** The rows of users who are not drawn, and those of users who are; `users` has a number for each row's. */
export function partedByUser(
  rows: RawRows,
  users: Int32Array,
  validate: Validate,
): { readonly train: RawRows; readonly valid: RawRows } {
  const numbers = new Map<number, number>();
  for (const user of users) if (!numbers.has(user)) numbers.set(user, numbers.size);
  const chosen = drawnUsers(numbers.size, validate);
  const [train, valid] = [0, 1].map((side) => {
    const own: number[] = [];
    users.forEach((user, row) => {
      if (chosen[numbers.get(user)!] === side) own.push(row);
    });
    return rowsAt(rows, own);
  });
  return { train: train!, valid: valid! };
}

function rowsAt(all: RawRows, rows: readonly number[]): RawRows {
  const ints = (columns: ReadonlyMap<string, Int32Array>) =>
    mapped(columns, (column) => picked(column, rows, sharedInt32(rows.length)));
  const ends = <T extends HistoryColumns<Float64Array> | SetColumn>(column: T): T => ({
    ...column,
    start: picked(column.start, rows, sharedInt32(rows.length)),
    end: picked(column.end, rows, sharedInt32(rows.length)),
  });
  return {
    rows: rows.length,
    ids: ints(all.ids),
    sets: mapped(all.sets, ends),
    // Of a vector a row has as many as it is wide.
    numbers: mapped(all.numbers, (column) => {
      const width = column.length / all.rows;
      return picked(column, rows, new Float64Array(width * rows.length), width);
    }),
    histories: mapped(all.histories, ends),
    labels: mapped(all.labels, (column) => picked(column, rows, sharedFloat32(rows.length))),
    groups: ints(all.groups),
  };
}

function mapped<A, B>(columns: ReadonlyMap<string, A>, change: (column: A) => B): Map<string, B> {
  return new Map([...columns].map(([name, column]) => [name, change(column)]));
}

function picked<T extends Int32Array | Float32Array | Float64Array>(
  values: T,
  rows: readonly number[],
  out: T,
  width = 1,
): T {
  rows.forEach((row, i) => {
    for (let at = 0; at < width; at++) out[i * width + at] = values[row * width + at]!;
  });
  return out;
}
