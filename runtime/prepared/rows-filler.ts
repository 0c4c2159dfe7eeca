// Fills columns with prepared rows while they are read, a few thousand at a time.

import { unreachable } from "../../compiler/common/internal-error.ts";
import {
  type Column,
  type ColumnWriter,
  float32s,
  int32s,
  type NumbersOf,
} from "../../compiler/data/columns.ts";
import type { RawCell, RawChunk } from "../../compiler/data/raw-values.ts";
import type { FittedRows, StoredColumns, StoredSteps } from "../../compiler/data/row-stages.ts";
import type { SpillingStore } from "../data/storage.ts";
import { BoundsWriter } from "../data/storage.ts";
import type { ArrowColumnType, PreparedColumn } from "./prepared-folder.ts";

/** Takes the cells of one column in consecutive rows. */
type Take = (cells: readonly RawCell[]) => void;

interface MutablePlaces {
  readonly ids: Map<string, Column<Int32Array>>;
  readonly numbers: Map<string, Column<Float32Array>>;
  readonly vectors: Map<string, { readonly values: Column<Float32Array>; readonly width: number }>;
  readonly sets: Map<string, { readonly ids: Column<Int32Array>; readonly bounds: Column<Int32Array> }>;
}

export interface FilledColumns {
  readonly rows: FittedRows;
  /** The number of each row, if the rows have numbers. */
  readonly numbers: Column<Int32Array> | null;
}

export class RowsFiller {
  private readonly store: SpillingStore;
  private readonly rows: number;
  private readonly takes: readonly Take[];
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
    for (const [i, take] of this.takes.entries()) take(columns[i]!.cells);
  }

  finish(): FilledColumns {
    for (const finish of this.finishes) finish();
    const histories = new Map<string, StoredSteps>();
    for (const [name, bounds] of this.bounds)
      histories.set(name, { bounds: bounds.finish(), ...this.steps.get(name)! });
    const { labels, groups } = this;
    return { rows: { rows: this.rows, ...this.own, histories, labels, groups }, numbers: this.numbers };
  }

  private takeOf(column: PreparedColumn): Take {
    const { role, of } = column;
    switch (role) {
      case "feature":
        return column.history === null ? this.ofRows(column) : this.ofSteps(column, column.history);
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

  private ofRows({ type, of, width }: PreparedColumn): Take {
    if (type === "int32") return this.singles(int32s, (values) => this.own.ids.set(of, values));
    if (type === "float") return this.singles(float32s, (values) => this.own.numbers.set(of, values));
    return this.values(type, of, width, this.own);
  }

  private ofSteps({ type, of, width }: PreparedColumn, history: string): Take {
    const isFirst = !this.bounds.has(history);
    if (isFirst) {
      this.bounds.set(history, new BoundsWriter(this.store));
      this.steps.set(history, newPlaces());
    }
    const bounds = this.bounds.get(history)!;
    const take = this.values(type.slice("list<".length, -1), of, width, this.steps.get(history)!);
    return (cells) => {
      const lists = cells as readonly (readonly RawCell[])[];
      if (isFirst) bounds.add(endsOf(lists));
      for (const list of lists) take(list);
    };
  }

  /** For any number of values. */
  private values(type: string, of: string, width: number, into: MutablePlaces): Take {
    switch (type as ArrowColumnType) {
      case "int32":
        return this.growing(int32s, (values) => into.ids.set(of, values));
      case "float":
        return this.growing(float32s, (values) => into.numbers.set(of, values));
      case "list<float>": {
        const take = this.growing(float32s, (values) => into.vectors.set(of, { values, width }));
        return (cells) => {
          for (const vector of cells as readonly (readonly RawCell[])[]) take(vector);
        };
      }
      default: {
        const bounds = new BoundsWriter(this.store);
        const take = this.growing(int32s, (ids) => into.sets.set(of, { ids, bounds: bounds.finish() }));
        return (cells) => {
          const sets = cells as readonly (readonly RawCell[])[];
          bounds.add(endsOf(sets));
          for (const set of sets) take(set);
        };
      }
    }
  }

  /** One value per row. */
  private singles<T extends Int32Array | Float32Array>(
    make: NumbersOf<T>,
    finished: (column: Column<T>) => void,
  ): Take {
    return this.pushing(this.store.column(make, this.rows), finished);
  }

  private growing<T extends Int32Array | Float32Array>(
    make: NumbersOf<T>,
    finished: (column: Column<T>) => void,
  ): Take {
    return this.pushing(this.store.growing(make), finished);
  }

  private pushing<T extends Int32Array | Float32Array>(
    writer: ColumnWriter<T>,
    finished: (column: Column<T>) => void,
  ): Take {
    this.finishes.push(() => finished(writer.finish()));
    return (cells) => {
      for (const cell of cells) writer.push(cell as number);
    };
  }
}

function newPlaces(): MutablePlaces & StoredColumns {
  return { ids: new Map(), numbers: new Map(), vectors: new Map(), sets: new Map() };
}

/** The end of each list, counted from the beginning of the first. */
function endsOf(lists: readonly (readonly RawCell[])[]): Int32Array {
  let end = 0;
  return Int32Array.from(lists, ({ length }) => (end += length));
}
