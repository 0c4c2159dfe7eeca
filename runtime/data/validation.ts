// Validation rows taken from the training rows: those of a fraction of the users, who are drawn by a seed. A user's rows
// stand on one side only.

import type { Validate, ValidateByFeature } from "../../compiler/config/config.ts";
import { validateProblems } from "../../compiler/config/training-problems.ts";
import { keptNothing } from "../../compiler/diagnostics/catalog/settings.ts";
import { DiagnosticError, diagnose } from "../../compiler/diagnostics/diagnostic.ts";
import type { Feature, Model } from "../../compiler/model/model.ts";
import { grown } from "../features/interner.ts";
import { Random } from "../random.ts";
import { type Column, type ColumnReader, type ColumnStore, int32s } from "./columns.ts";
import { rowsOfUsers } from "./parted-rows.ts";
import { columnsOf, type StoredRows } from "./stored-rows.ts";

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
export function userFeature(model: Model, validate: ValidateByFeature): Feature {
  const problems = validateProblems(model, validate);
  if (problems.length > 0) throw new DiagnosticError(problems);
  return model.features.get(validate.by)!;
}

/** The rows of users who are not drawn, and those of users who are; `users` has a number for each row's. `all` is gone then. */
export function partedByUser(
  all: StoredRows<Float64Array>,
  users: Column<Int32Array>,
  validate: Validate,
  reader: ColumnReader,
  store: ColumnStore,
): { readonly train: StoredRows<Float64Array>; readonly valid: StoredRows<Float64Array> } {
  // Users in the order of their first rows.
  let places: Int32Array = new Int32Array(1024);
  let count = 0;
  for (const { values } of reader.pieces(users, int32s))
    for (const user of values) {
      places = grown(places, user + 1, Int32Array);
      if (places[user] === 0) places[user] = ++count;
    }
  const chosen = drawnUsers(count, validate);
  const rowsOf = (side: number) =>
    rowsOfUsers(all, users, (user) => chosen[places[user]! - 1] === side, reader, store);
  const parts = { train: rowsOf(0), valid: rowsOf(1) };
  for (const column of columnsOf(all)) store.remove(column);
  return parts;
}
