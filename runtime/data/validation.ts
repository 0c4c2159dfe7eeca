// Takes validation rows from the training rows: all rows of some users, who are drawn by a seed, or a fraction of the rows.

import { Random } from "../../compiler/common/random.ts";
import {
  type Column,
  type ColumnReader,
  float64s,
  int32s,
  lengthOf,
  part,
} from "../../compiler/data/columns.ts";
import { columnsOf, type StoredRows } from "../../compiler/data/stored-rows.ts";
import { keptNothing } from "../../compiler/diagnostics/catalog/settings.ts";
import { DiagnosticError, diagnose } from "../../compiler/diagnostics/diagnostic.ts";
import type {
  Validate,
  ValidateByFeature,
  ValidateLatest,
  ValidateRows,
} from "../../compiler/frontend/config/config.ts";
import { validateProblems } from "../../compiler/frontend/config/training-problems.ts";
import { grown } from "../../compiler/frontend/kinds/interner.ts";
import type { Feature, Model } from "../../compiler/frontend/model/model.ts";
import { numberAt } from "./row-times.ts";
import type { SpillingStore } from "./spilling-store.ts";
import { BLOCK, rowsOfSide, type Sides } from "./split-rows.ts";

/** 1 for each of `count` users that is drawn: a fraction of them, to the nearest whole number. */
export function drawnUsers(count: number, validate: Validate): Uint8Array {
  const { fraction, seed } = validate;
  const drawn = Math.round(fraction * count);
  if (drawn === 0 || drawn === count) throw emptySide(validate, count, "user");
  const chosen = new Uint8Array(count);
  for (const user of Random.of(seed, "validation").order(count).subarray(0, drawn)) chosen[user] = 1;
  return chosen;
}

function emptySide({ fraction, location }: Validate, of: number, what: "user" | "row"): DiagnosticError {
  const parameters = { fraction, of, what: of === 1 ? what : `${what}s` };
  return new DiagnosticError([diagnose(keptNothing, parameters, location)]);
}

/** The feature that tells users apart. */
export function userFeature(model: Model, validate: ValidateByFeature): Feature {
  const problems = validateProblems(model, validate);
  if (problems.length > 0) throw new DiagnosticError(problems);
  return model.features.get(validate.by)!;
}

/** The rows of users who are not drawn, and those of users who are; `users` has a number for each row's. `all` is gone then. */
export function splitByUser(
  all: StoredRows<Float64Array>,
  users: Column<Int32Array>,
  validate: Validate,
  reader: ColumnReader,
  store: SpillingStore,
): Parted {
  // Users in the order of their first rows.
  let places: Int32Array = new Int32Array(1024);
  let count = 0;
  for (const { values } of reader.pieces(users, int32s))
    for (const user of values) {
      places = grown(places, user + 1, Int32Array);
      if (places[user] === 0) places[user] = ++count;
    }
  const chosen = drawnUsers(count, validate);
  const userOf = (from: number, rows: number) => reader.read(users, from, new Int32Array(rows));
  return parted(
    all,
    (from, rows) => userOf(from, rows).map((user) => chosen[places[user]! - 1]!),
    reader,
    store,
  );
}

/** The rows that are kept for validation, and the others. `all` is gone then. */
export function splitByRow(
  all: StoredRows<Float64Array>,
  validate: ValidateRows,
  reader: ColumnReader,
  store: SpillingStore,
): Parted {
  const { fraction, seed, rows: kept } = validate;
  const first = all.rows - Math.round(fraction * all.rows);
  const chance = drawsOf(seed);
  const isKept = (row: number) => (kept === "last" ? row >= first : chance(row) < fraction);
  const sides = (from: number, rows: number) =>
    Int32Array.from({ length: rows }, (_, i) => Number(isKept(from + i)));
  const parts = parted(all, sides, reader, store);
  if (parts.train.rows === 0 || parts.valid.rows === 0) throw emptySide(validate, all.rows, "row");
  return parts;
}

/**
 * The latest rows are kept for validation, by their times; rows of one time stay together, so there may be a few more of them. `all` is
 * gone then, and so are `times`.
 */
export function splitByTime(
  all: StoredRows<Float64Array>,
  times: Column<Float64Array>,
  validate: ValidateLatest,
  reader: ColumnReader,
  store: SpillingStore,
): Parted {
  const first = all.rows - Math.round(validate.fraction * all.rows);
  if (first === 0 || first === all.rows) throw emptySide(validate, all.rows, "row");
  const from = numberAt(times, first, reader);
  const buffer = float64s(Math.min(lengthOf(times), BLOCK));
  const sides = (at: number, rows: number) =>
    Int32Array.from(reader.read(times, at, part(buffer, 0, rows)), (time) => Number(time >= from));
  const parts = parted(all, sides, reader, store);
  store.remove(times);
  if (parts.train.rows === 0) throw emptySide(validate, all.rows, "row");
  return parts;
}

/** For each row a number from 0 to 1, which does not depend on how many rows there are. */
function drawsOf(seed: number): (row: number) => number {
  const start = Random.of(seed, "validation").bits();
  return (row) => {
    let hash = Math.imul((row ^ start) >>> 0, 0x9e3779b1) ^ Math.floor(row / 2 ** 32);
    hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
    hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
    return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
  };
}

function parted(
  all: StoredRows<Float64Array>,
  sides: Sides,
  reader: ColumnReader,
  store: SpillingStore,
): Parted {
  const parts = {
    train: rowsOfSide(all, sides, 0, reader, store),
    valid: rowsOfSide(all, sides, 1, reader, store),
  };
  for (const column of columnsOf(all)) store.remove(column);
  return parts;
}

interface Parted {
  readonly train: StoredRows<Float64Array>;
  readonly valid: StoredRows<Float64Array>;
}
