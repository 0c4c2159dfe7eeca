// Finds training rows that reveal the labels of kept rows: the click of a randomly kept row may be in the
// history of a later training row of the same user.

import { type Column, type ColumnReader, int32s } from "../../../compiler/data/columns.ts";
import type { ReadRows } from "../../../compiler/data/row-stages.ts";
import { toldByLaterHistories } from "../../../compiler/diagnostics/catalog/settings.ts";
import { type Diagnostic, diagnose, type Location } from "../../../compiler/diagnostics/diagnostic.ts";
import type { Model } from "../../../compiler/frontend/model/model.ts";
import { BLOCK } from "./split-rows.ts";

/** The number of kept clicks to check; more would give the same result. */
const LOOKED_AT = 2000;
/** Fewer may be chance, or a user who is counted twice. */
const LEAST = 10;
const LEAST_SHARE = 0.05;

export interface Parted {
  readonly model: Model;
  readonly all: ReadRows;
  /** The number of the kept side; 0 is that of training rows. */
  readonly side: number;
  readonly sidesOf: (from: number, rows: number) => Int32Array;
  readonly setting: string;
  readonly location: Location;
}

/**
 * A warning if clicks of kept rows occur in histories of training rows of the same user, but not in the
 * histories of the kept rows themselves: then they came later, and the training sees the answers. If no
 * metric identifies users, there is no check.
 */
export function leaksInHistories(parted: Parted, reader: ColumnReader): Diagnostic[] {
  const { model, all, setting, location } = parted;
  const group = [...all.groups][0];
  if (group === undefined) return [];
  for (const { name: history, fields } of model.histories.values())
    for (const { name: field, feature } of fields) {
      const items = all.ids.get(feature.name);
      const steps = all.histories.get(history)?.ids.get(field);
      if (feature.scope !== "item" || items === undefined || steps === undefined) continue;
      const search = new Search(parted, { users: group[1], items, steps, history }, reader);
      const { told, of } = search.found();
      if (told < LEAST || told < LEAST_SHARE * of) return [];
      return [diagnose(toldByLaterHistories, { setting, history, group: group[0], told, of }, location)];
    }
  return [];
}

interface Columns {
  readonly users: Column<Int32Array>;
  readonly items: Column<Int32Array>;
  readonly steps: Column<Int32Array>;
  readonly history: string;
}

class Search {
  private readonly parted: Parted;
  private readonly columns: Columns;
  private readonly reader: ColumnReader;
  private readonly bounds: Column<Int32Array>;

  constructor(parted: Parted, columns: Columns, reader: ColumnReader) {
    this.parted = parted;
    this.columns = columns;
    this.reader = reader;
    this.bounds = parted.all.histories.get(columns.history)!.bounds;
  }

  found(): { readonly told: number; readonly of: number } {
    const { parted, columns, reader } = this;
    const asked = this.asked();
    let of = 0;
    for (const items of asked.values()) of += items.size;
    let told = 0;
    for (const { from, rows } of blocks(parted.all.rows)) {
      const sides = parted.sidesOf(from, rows);
      const users = reader.read(columns.users, from, int32s(rows));
      for (const [i, user] of users.entries()) {
        const items = sides[i] === 0 ? asked.get(user) : undefined;
        if (items === undefined || items.size === 0) continue;
        for (const step of this.stepsOf(from + i)) if (items.delete(step)) told++;
      }
    }
    return { told, of };
  }

  /** The kept items by user, without those already in the user's history. */
  private asked(): Map<number, Set<number>> {
    const { parted, columns, reader } = this;
    const label = [...parted.all.labels.values()][0]!;
    const asked = new Map<number, Set<number>>();
    let looked = 0;
    for (const { from, rows } of blocks(parted.all.rows)) {
      if (looked >= LOOKED_AT) break;
      const sides = parted.sidesOf(from, rows);
      const labels = reader.read(label, from, new Float32Array(rows));
      const items = reader.read(columns.items, from, int32s(rows));
      const users = reader.read(columns.users, from, int32s(rows));
      for (const [i, side] of sides.entries()) {
        if (side !== parted.side || labels[i] !== 1 || looked >= LOOKED_AT) continue;
        if (this.stepsOf(from + i).includes(items[i]!)) continue;
        const own = asked.get(users[i]!) ?? new Set();
        asked.set(users[i]!, own.add(items[i]!));
        looked++;
      }
    }
    return asked;
  }

  private stepsOf(row: number): Int32Array {
    const [from, to] = this.reader.read(this.bounds, row, int32s(2));
    return this.reader.read(this.columns.steps, from!, int32s(to! - from!));
  }
}

function* blocks(rows: number): Generator<{ readonly from: number; readonly rows: number }> {
  for (let from = 0; from < rows; from += BLOCK) yield { from, rows: Math.min(BLOCK, rows - from) };
}
