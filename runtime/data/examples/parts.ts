// Divides the training rows: some are kept aside for validation (`data.validate`), some for a test
// (`data.hold_out`). They are chosen by the values of a column, by row, or as the latest; or they form one of
// several folds.

import { Random } from "../../../compiler/common/random.ts";
import {
  type Column,
  type ColumnMemory,
  float64s,
  int32s,
  lengthOf,
} from "../../../compiler/data/columns.ts";
import { columnsOf, type ReadRows } from "../../../compiler/data/row-stages.ts";
import { keptNothing } from "../../../compiler/diagnostics/catalog/settings.ts";
import { type Diagnostic, DiagnosticError, diagnose } from "../../../compiler/diagnostics/diagnostic.ts";
import type { ExamplePart, HeldOutPart, RowsConfig } from "../../../compiler/frontend/config/config.ts";
import type { Fold } from "../../../compiler/frontend/config/folds.ts";
import type { Model } from "../../../compiler/frontend/model/model.ts";
import type { SpillingStore } from "../storage/spilling-store.ts";
import type { CarriedColumns } from "../tables/carried-columns.ts";
import { leaksInHistories } from "./leaks.ts";
import { numberAt } from "./number-at.ts";
import { type PartFacts, PartsCounter } from "./part-facts.ts";
import { drawsOfValues, RowDraws, RowTimes, type SplitKeys } from "./split-keys.ts";
import { BLOCK, rowsOfSide } from "./split-rows.ts";

/** The side of a row. `none` are rows that a fold by time leaves out. */
export const sides = { train: 0, valid: 1, test: 2, none: 3 } as const;

export interface SplitData {
  readonly train: ReadRows;
  readonly valid: ReadRows | null;
  readonly test: ReadRows | null;
  readonly facts: PartFacts;
  /** Warnings about the parts. */
  readonly warnings: readonly Diagnostic[];
}

/** Columns whose cells are next to the scores of a split. */
export interface KeptOfSplit {
  readonly split: "train" | "valid" | "test";
  readonly carried: CarriedColumns;
}

/** A part with the values that choose its rows. */
interface Chosen {
  readonly part: ExamplePart;
  readonly setting: string;
  readonly side: 1 | 2;
  /** The factor from the drawn rows or users to all of them. */
  readonly scale: number;
  readonly values: SplitKeys | null;
}

/** The names of the random streams that draw users and rows. */
const purposes = { 1: "validation", 2: "test" } as const;

export class Parting {
  private readonly parts: readonly Chosen[];
  private readonly memory: ColumnMemory<SpillingStore>;

  constructor(
    { validate, holdOut }: Pick<RowsConfig, "validate" | "holdOut">,
    memory: ColumnMemory<SpillingStore>,
  ) {
    this.memory = memory;
    // The test comes first, so that it does not depend on the validation.
    this.parts = [
      ...(holdOut === null ? [] : [this.chosen(holdOut, "data.hold_out", sides.test, 1)]),
      ...(validate === null
        ? []
        : [this.chosen(validate, "data.validate", sides.valid, 1 / (1 - (holdOut?.share ?? 0)))]),
    ];
  }

  /** The values to read in addition to the rows. */
  get values(): readonly SplitKeys[] {
    return this.parts.flatMap(({ values }) => values ?? []);
  }

  /**
   * Divides the rows after their values were read. `all` no longer exists then. `kept` columns have the cells of one split's
   * rows afterwards.
   */
  parted(all: ReadRows, model: Model, kept: KeptOfSplit | null = null): SplitData {
    const { reader, store } = this.memory;
    const columns = this.parts.map(({ values }) => values?.taken() ?? null);
    let of: Column<Int32Array> | null = null;
    for (const [i, chosen] of this.parts.entries()) {
      const next: Column<Int32Array> = this.withPart(chosen, columns[i]!, of, all.rows);
      if (of !== null) store.remove(of);
      of = next;
    }
    const sidesOf = (from: number, rows: number) => reader.read(of!, from, new Int32Array(rows));
    kept?.carried.keep(sidesOf(0, all.rows).map((side) => Number(side === sides[kept.split])));
    const facts = this.factsOf(sidesOf, columns, all.rows);
    const warnings = this.parts.flatMap(({ part, setting, side }) =>
      "rows" in part && part.rows === "random"
        ? leaksInHistories({ model, all, side, sidesOf, setting, location: part.location }, reader)
        : [],
    );
    const has = (side: number) => this.parts.some((each) => each.side === side);
    const rowsOf = (side: number) => rowsOfSide(all, sidesOf, side, this.memory);
    const parted = {
      train: rowsOf(sides.train),
      valid: has(sides.valid) ? rowsOf(sides.valid) : null,
      test: has(sides.test) ? rowsOf(sides.test) : null,
    };
    for (const column of [...columnsOf(all), ...columns, of]) if (column !== null) store.remove(column);
    return { ...parted, facts, warnings };
  }

  private chosen(part: ExamplePart, setting: string, side: 1 | 2, scale: number): Chosen {
    const { store } = this.memory;
    const draws = drawsOfValues(part.seed, purposes[side]);
    const values =
      "by" in part
        ? new RowDraws(part.by, `${setting}.by`, store, draws)
        : "latestBy" in part
          ? new RowTimes(part.latestBy, `${setting}.latest_by`, store)
          : null;
    return { part, setting, side, scale, values };
  }

  /** The sides of all rows after a part took its rows; `before` has the sides of the earlier parts. */
  private withPart(
    { part, side, setting, scale }: Chosen,
    values: Column<Float64Array> | null,
    before: Column<Int32Array> | null,
    rows: number,
  ): Column<Int32Array> {
    const { reader, store } = this.memory;
    let left = 0;
    for (const { free } of this.blocks(before, rows)) for (const isFree of free) left += Number(isFree);
    const isOrdered = "latestBy" in part || ("rows" in part && part.rows === "last");
    const places = isOrdered ? this.orderedPlaces(part, values, before, rows, left) : null;
    const [low, high] = places ?? drawnSpan(part, scale);
    const draw = drawsOfRows(part.seed, purposes[side]);
    const writer = store.growing(int32s);
    let [rank, taken, kept] = [0, 0, 0];
    const buffer = float64s(values === null ? 0 : Math.min(rows, BLOCK));
    for (const { from, free, was } of this.blocks(before, rows)) {
      const found = values === null ? null : reader.read(values, from, buffer.subarray(0, free.length));
      for (const [i, isFree] of free.entries()) {
        if (!isFree) {
          writer.push(was[i]!);
          continue;
        }
        const value = found?.[i] ?? (isOrdered ? rank : Number.NaN);
        const at = Number.isNaN(value) ? draw(from + i) : value;
        rank++;
        const isTaken = at >= low && at < high;
        const isLater = isOrdered && at >= high;
        if (isTaken) taken++;
        else if (!isLater) kept++;
        writer.push(isTaken ? side : isLater ? sides.none : sides.train);
      }
    }
    if (taken === 0 || kept === 0) throw emptySide(part, setting, rows);
    return writer.finish();
  }

  /** The bounds of the part: times, or positions among the remaining rows. */
  private orderedPlaces(
    { share, fold }: ExamplePart,
    values: Column<Float64Array> | null,
    before: Column<Int32Array> | null,
    rows: number,
    left: number,
  ): readonly [number, number] {
    const first = fold === undefined ? left - Math.round(share * rows) : blockStart(fold, left);
    const next = fold === undefined ? left : blockStart({ ...fold, number: fold.number + 1 }, left);
    const times = values === null || before === null ? values : this.timesLeft(values, before, rows);
    const at = (place: number) => {
      if (place >= left) return Number.POSITIVE_INFINITY;
      if (place < 0) return Number.NEGATIVE_INFINITY;
      return times === null ? place : numberAt(times, place, this.memory.reader);
    };
    const bounds = [at(first), at(next)] as const;
    if (times !== null && times !== values) this.memory.store.remove(times);
    return bounds;
  }

  /** The times of rows that no other part has taken. */
  private timesLeft(
    times: Column<Float64Array>,
    before: Column<Int32Array>,
    rows: number,
  ): Column<Float64Array> {
    const writer = this.memory.store.growing(float64s);
    const buffer = float64s(Math.min(lengthOf(times), BLOCK));
    for (const { from, free } of this.blocks(before, rows)) {
      const some = this.memory.reader.read(times, from, buffer.subarray(0, free.length));
      for (const [i, isFree] of free.entries()) if (isFree) writer.push(some[i]!);
    }
    return writer.finish();
  }

  /** Consecutive rows with their sides, and whether they are still free. */
  private *blocks(
    before: Column<Int32Array> | null,
    rows: number,
  ): Generator<{ readonly from: number; readonly was: Int32Array; readonly free: readonly boolean[] }> {
    for (let from = 0; from < rows; from += BLOCK) {
      const count = Math.min(BLOCK, rows - from);
      const was = new Int32Array(count);
      if (before !== null) this.memory.reader.read(before, from, was);
      yield { from, was, free: Array.from(was, (side) => side === sides.train) };
    }
  }

  private factsOf(
    sidesOf: (from: number, rows: number) => Int32Array,
    columns: readonly (Column<Float64Array> | null)[],
    rows: number,
  ): PartFacts {
    // One column of users and one of times are enough.
    const first = (kind: typeof RowDraws | typeof RowTimes) =>
      this.parts.findIndex(({ values }) => values instanceof kind);
    const [users, times] = [first(RowDraws), first(RowTimes)];
    const found = times < 0 ? null : (this.parts[times]!.values as RowTimes);
    const counter = new PartsCounter(
      users < 0 ? null : (this.parts[users]!.part as { readonly by: string }).by,
      found === null
        ? null
        : {
            column: (this.parts[times]!.part as { readonly latestBy: string }).latestBy,
            isOfTimes: found.isOfTimes,
          },
    );
    const read = (at: number, from: number, count: number) =>
      at < 0 ? null : this.memory.reader.read(columns[at]!, from, float64s(count));
    for (let from = 0; from < rows; from += BLOCK) {
      const count = Math.min(BLOCK, rows - from);
      counter.add(sidesOf(from, count), read(users, from, count), read(times, from, count));
    }
    return counter.facts();
  }
}

/**
 * The start of block `number`, where folds by time have one block more than there are folds, because the
 * first is only used for training.
 */
function blockStart({ number, of }: Fold, rows: number): number {
  return Math.round((number * rows) / (of + 1));
}

/** The bounds of the draws of a part, whose share is `scale` times that of the rows it is drawn from. */
function drawnSpan({ share, fold }: HeldOutPart, scale: number): readonly [number, number] {
  return fold === undefined ? [0, share * scale] : [(fold.number - 1) / fold.of, fold.number / fold.of];
}

/** Tells whether a user is drawn for validation: always the same for each user, whoever else there is. */
export function drawnUsers(part: HeldOutPart): (user: string) => boolean {
  const draw = drawsOfValues(part.seed, purposes[sides.valid]);
  const [low, high] = drawnSpan(part, 1);
  return (user) => {
    const at = draw(user);
    return at >= low && at < high;
  };
}

export function emptySide(
  { share, fold, location }: HeldOutPart,
  setting: string,
  of: number,
  what: "row" | "user" = "row",
): DiagnosticError {
  const text = fold === undefined ? `a share of ${share}` : `fold ${fold.number} of ${fold.of}`;
  const parameters = { setting, share: text, of: `${of} ${what}${of === 1 ? "" : "s"}` };
  return new DiagnosticError([diagnose(keptNothing, parameters, location)]);
}

/** A number from 0 to 1 for each row, independent of the number of rows. */
function drawsOfRows(seed: number, purpose: string): (row: number) => number {
  const start = Random.of(seed, purpose).bits();
  return (row) => {
    let hash = Math.imul((row ^ start) >>> 0, 0x9e3779b1) ^ Math.floor(row / 2 ** 32);
    hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
    hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
    return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
  };
}
