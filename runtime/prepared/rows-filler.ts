// Fills columns with prepared rows while they are read, a few thousand at a time.

import { unreachable } from "../../compiler/common/internal-error.ts";
import {
  type Column,
  type ColumnWriter,
  float32s,
  int32s,
  type NumbersOf,
} from "../../compiler/data/columns.ts";
import {
  type ColumnCells,
  isThere,
  type PackedLists,
  type PackedWholes,
  type RawCell,
  type RawChunk,
} from "../../compiler/data/raw-values.ts";
import type { FittedRows, StoredColumns, StoredSets, StoredSteps } from "../../compiler/data/row-stages.ts";
import type { SpillingStore } from "../data/storage.ts";
import { BoundsWriter } from "../data/storage.ts";
import type { ArrowColumnType, PreparedColumn } from "./prepared-folder.ts";

/** The words of a list in `PackedLists`. */
const LIST_WORDS = 4;

/** Takes one column of consecutive rows. */
type TakeColumn = (column: ColumnCells) => void;
/** Takes the cells of one column in consecutive rows. */
type Take = (cells: readonly RawCell[]) => void;

interface MutablePlaces {
  readonly ids: Map<string, Column<Int32Array>>;
  readonly numbers: Map<string, Column<Float32Array>>;
  readonly vectors: Map<string, { readonly values: Column<Float32Array>; readonly width: number }>;
  readonly sets: Map<string, StoredSets>;
}

export interface FilledColumns {
  readonly rows: FittedRows;
  /** The number of each row, if the rows have numbers. */
  readonly numbers: Column<Int32Array> | null;
}

export class RowsFiller {
  private readonly store: SpillingStore;
  private readonly rows: number;
  private readonly takes: readonly TakeColumn[];
  private readonly finishes: (() => void)[] = [];
  private readonly own = newPlaces();
  private readonly steps = new Map<string, MutablePlaces>();
  private readonly bounds = new Map<string, BoundsWriter>();
  private readonly labels = new Map<string, Column<Float32Array>>();
  private readonly groups = new Map<string, Column<Int32Array>>();
  private numbers: Column<Int32Array> | null = null;

  /** Makes columns for `rows` rows. */
  constructor(columns: readonly PreparedColumn[], rows: number, store: SpillingStore) {
    this.store = store;
    this.rows = rows;
    this.takes = columns.map((column) => this.takeOf(column));
  }

  /** Adds the next rows. */
  add({ columns }: Pick<RawChunk, "columns">): void {
    for (const [i, take] of this.takes.entries()) take(columns[i]!);
  }

  finish(): FilledColumns {
    for (const finish of this.finishes) finish();
    const histories = new Map<string, StoredSteps>();
    for (const [name, bounds] of this.bounds)
      histories.set(name, { bounds: bounds.finish(), ...this.steps.get(name)! });
    const { labels, groups } = this;
    return { rows: { rows: this.rows, ...this.own, histories, labels, groups }, numbers: this.numbers };
  }

  private takeOf(column: PreparedColumn): TakeColumn {
    const { role, of } = column;
    switch (role) {
      case "feature":
        return column.history === null ? this.ofRows(column) : this.ofSteps(column, column.history);
      case "weight":
        return this.weights(column);
      case "label":
        return this.singles(float32s, (values) => this.labels.set(of, values));
      case "group":
        return this.singles(int32s, (values) => this.groups.set(of, values));
      case "row":
        return this.singles(int32s, (values) => {
          this.numbers = values;
        });
      default:
        return unreachable(role, "role of a column");
    }
  }

  private ofRows({ type, of, width }: PreparedColumn): TakeColumn {
    if (type === "int32") return this.singles(int32s, (values) => this.own.ids.set(of, values));
    if (type === "float") return this.singles(float32s, (values) => this.own.numbers.set(of, values));
    const take = this.values(type, of, width, this.own);
    return ({ cells }) => take(cells);
  }

  private ofSteps({ type, of, width }: PreparedColumn, history: string): TakeColumn {
    const isFirst = !this.bounds.has(history);
    if (isFirst) {
      this.bounds.set(history, new BoundsWriter(this.store));
      this.steps.set(history, newPlaces());
    }
    const bounds = this.bounds.get(history)!;
    const steps = this.steps.get(history)!;
    if (type === "list<int32>") {
      const ids = this.growing(int32s, (values) => steps.ids.set(of, values));
      return (column) => {
        const { values, ends } = idLists(column);
        if (isFirst) bounds.add(ends);
        ids.append(values);
      };
    }
    const take = this.values(type.slice("list<".length, -1), of, width, steps);
    return ({ cells }) => {
      const lists = cells as readonly (readonly RawCell[])[];
      if (isFirst) bounds.add(endsOf(lists));
      for (const list of lists) take(list);
    };
  }

  /** For any number of values. */
  private values(type: string, of: string, width: number, into: MutablePlaces): Take {
    switch (type as ArrowColumnType) {
      case "float":
        return pushing(this.growing(float32s, (values) => into.numbers.set(of, values)));
      case "list<float>": {
        const take = pushing(this.growing(float32s, (values) => into.vectors.set(of, { values, width })));
        return (cells) => {
          for (const vector of cells as readonly (readonly RawCell[])[]) take(vector);
        };
      }
      default: {
        const bounds = new BoundsWriter(this.store);
        const take = pushing(
          this.growing(int32s, (ids) => into.sets.set(of, { ids, weights: null, bounds: bounds.finish() })),
        );
        return (cells) => {
          const sets = cells as readonly (readonly RawCell[])[];
          bounds.add(endsOf(sets));
          for (const set of sets) take(set);
        };
      }
    }
  }

  /** The weights of a set's values, whose column comes before it. */
  private weights({ of, history }: PreparedColumn): TakeColumn {
    const into = history === null ? this.own : this.steps.get(history)!;
    const take = pushing(
      this.growing(float32s, (weights) => into.sets.set(of, { ...into.sets.get(of)!, weights })),
    );
    return ({ cells }) => {
      for (const cell of cells as readonly (readonly RawCell[])[])
        if (history === null) take(cell);
        else for (const step of cell as readonly (readonly RawCell[])[]) take(step);
    };
  }

  /** One value per row. */
  private singles<T extends Int32Array | Float32Array>(
    make: NumbersOf<T>,
    finished: (column: Column<T>) => void,
  ): TakeColumn {
    const writer = this.store.column(make, this.rows);
    this.finishes.push(() => finished(writer.finish()));
    const take = pushing(writer);
    return ({ cells }) => take(cells);
  }

  private growing<T extends Int32Array | Float32Array>(
    make: NumbersOf<T>,
    finished: (column: Column<T>) => void,
  ): ColumnWriter<T> {
    const writer = this.store.growing(make);
    this.finishes.push(() => finished(writer.finish()));
    return writer;
  }
}

function pushing<T extends Int32Array | Float32Array>(writer: ColumnWriter<T>): Take {
  return (cells) => {
    for (const cell of cells) writer.push(cell as number);
  };
}

function newPlaces(): MutablePlaces & StoredColumns {
  return { ids: new Map(), numbers: new Map(), vectors: new Map(), sets: new Map() };
}

/** The end of each list, counted from the beginning of the first. */
function endsOf(lists: readonly (readonly RawCell[])[]): Int32Array {
  let end = 0;
  return Int32Array.from(lists, ({ length }) => (end += length));
}

interface IdLists {
  readonly values: Int32Array;
  /** As `endsOf` counts them. */
  readonly ends: Int32Array;
}

/** Taken from DuckDB's memory, where lists mostly lie one after the other. */
function idLists(column: ColumnCells): IdLists {
  const { packed } = column;
  const ids = packed?.kind === "lists" ? packed.elements.packed : null;
  if (packed?.kind !== "lists" || ids?.kind !== "wholes" || ids.has64) return decodedLists(column);
  const rows = packed.words.length / LIST_WORDS;
  if (!areThere(packed, rows) || !areThere(ids, ids.words.length)) return decodedLists(column);
  const startOf = (row: number) => packed.words[LIST_WORDS * row]!;
  const ends = new Int32Array(rows);
  let [end, first, isInOrder] = [0, 0, true];
  for (let row = 0; row < rows; row++) {
    const count = packed.words[LIST_WORDS * row + 2]!;
    if (end === 0) first = startOf(row);
    isInOrder &&= count === 0 || startOf(row) === first + end;
    ends[row] = end += count;
  }
  if (isInOrder) return { values: ids.words.subarray(first, first + end), ends };
  const values = new Int32Array(end);
  for (let row = 0; row < rows; row++) {
    const from = row === 0 ? 0 : ends[row - 1]!;
    values.set(ids.words.subarray(startOf(row), startOf(row) + ends[row]! - from), from);
  }
  return { values, ends };
}

function decodedLists({ cells }: ColumnCells): IdLists {
  const lists = cells as readonly (readonly number[])[];
  return { values: Int32Array.from(lists.flat()), ends: endsOf(lists) };
}

function areThere(of: PackedWholes | PackedLists, count: number): boolean {
  if (of.bits === null) return true;
  for (let i = 0; i < count; i++) if (!isThere(of, i)) return false;
  return true;
}
