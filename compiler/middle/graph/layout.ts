// Makes row layouts, the numbers of rows of each kind, for examples and for a ranking request.

import { invariant } from "../../common/internal-error.ts";
import type { RowLayout } from "./define-op.ts";
import { segmentsAlong } from "./derived-axes.ts";
import { type Rows, rowsKey, type StepsRows } from "./types.ts";

/** Examples with histories of their own lengths. */
export function exampleLayout(sizes: {
  readonly examples: number;
  /** By history, the number of steps of each example. */
  readonly lengths: Readonly<Record<string, readonly number[]>>;
  /** By table, the number of its rows. */
  readonly tables: Readonly<Record<string, number>>;
  /** By set, the number of values of all rows together. */
  readonly elements?: Readonly<Record<string, number>>;
}): RowLayout {
  const segments = new Map<string, Int32Array>();
  for (const [history, lengths] of Object.entries(sizes.lengths)) {
    invariant(lengths.length === sizes.examples, `lengths of ${history} for ${lengths.length} examples`);
    segments.set(`example×${history}`, segmentsOf(lengths));
  }
  return layout(new Map([["example", sizes.examples]]), segments, sizes.tables, sizes.elements);
}

/** One request, its candidates, and histories that are the same for all of them. */
export function requestLayout(sizes: {
  readonly candidates: number;
  /** By history, the number of steps of the request. */
  readonly steps: Readonly<Record<string, number>>;
  readonly tables: Readonly<Record<string, number>>;
  readonly elements?: Readonly<Record<string, number>>;
}): RowLayout {
  const { candidates } = sizes;
  const segments = new Map<string, Int32Array>();
  for (const [history, steps] of Object.entries(sizes.steps)) {
    segments.set(`request×${history}`, segmentsOf([steps]));
    segments.set(`candidate×${history}`, segmentsOf(new Array<number>(candidates).fill(steps)));
  }
  const each = new Map([
    ["request", 1],
    ["candidate", candidates],
  ]);
  return layout(each, segments, sizes.tables, sizes.elements);
}

function segmentsOf(lengths: readonly number[]): Int32Array {
  return Int32Array.from(lengths.flatMap((length, row) => new Array<number>(length).fill(row)));
}

function layout(
  each: ReadonlyMap<string, number>,
  segments: ReadonlyMap<string, Int32Array>,
  tables: Readonly<Record<string, number>>,
  elements: Readonly<Record<string, number>> = {},
): RowLayout {
  const known = <T>(value: T | undefined, rows: Rows): T => {
    invariant(value !== undefined, `this layout has no rows ${rowsKey(rows)}`);
    return value;
  };
  const stepsOf = (rows: StepsRows) => {
    const own = (history: string) => known(segments.get(rowsKey({ ...rows, history })), rows);
    return segmentsAlong(rows.history, known(each.get(rows.per), rows), own);
  };
  return {
    count(rows) {
      switch (rows.kind) {
        case "once":
          return 1;
        case "each":
          return known(each.get(rows.per), rows);
        case "steps":
          return stepsOf(rows).length;
        case "elements":
          return known(elements[rows.set], rows);
        case "table":
          return known(tables[rows.table], rows);
      }
    },
    segments: stepsOf,
  };
}
