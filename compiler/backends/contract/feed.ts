// The inputs of one run of a Graph, the same for every back end.

import { type Rows, rowsKey, type StepsRows } from "../../middle/graph/types.ts";

/** A value that a run needs. */
export type FeedSource =
  | { readonly kind: "input"; readonly name: string }
  | { readonly kind: "table"; readonly name: string }
  | { readonly kind: "parameter"; readonly name: string }
  /** The row of each step, i32 [steps]. */
  | { readonly kind: "segments"; readonly rows: StepsRows }
  /** The number of rows, an i32 scalar, if no input shows it. */
  | { readonly kind: "count"; readonly rows: Rows };

/** A key for each source: `input.price`, `segments.clicks`, `segments.candidate×clicks`. */
export function feedKey(source: FeedSource): string {
  switch (source.kind) {
    case "input":
    case "table":
    case "parameter":
      return `${source.kind}.${source.name}`;
    case "segments":
      return `segments.${source.rows.per === "example" ? source.rows.history : rowsKey(source.rows)}`;
    case "count":
      return `count.${rowsKey(source.rows)}`;
  }
}

/** The values of one run, row-major. */
export interface FeedValues {
  input(name: string): Float32Array | Int32Array;
  table(name: string): Float32Array;
  segments(rows: StepsRows): Int32Array;
  count(rows: Rows): number;
}
