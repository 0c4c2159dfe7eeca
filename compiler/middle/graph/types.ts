// The types of values: their kind of rows, and the size of a row.

/**
 * The kind of rows of a value. In training, rows are examples. In a ranking request they are the request
 * (user, context and history, known once) or its candidates. `steps` are the valid steps of a history, packed
 * without padding: ragged per example, T rows per request, N × T rows per candidate, candidate by candidate.
 */
export type Rows =
  | { readonly kind: "once" }
  | EachRows
  | StepsRows
  | ElementsRows
  /** Rows of an embedding table. In training these are the batch's distinct rows only, renumbered from 0. */
  | { readonly kind: "table"; readonly table: string };

export type RowOwner = "example" | "request" | "candidate";
export interface EachRows {
  readonly kind: "each";
  readonly per: RowOwner;
}

export interface StepsRows {
  readonly kind: "steps";
  readonly per: RowOwner;
  /** A history, or an axis derived from one (see derived-axes.ts). */
  readonly history: string;
}

/**
 * The values of sets, packed: those of the first row, then those of the second. Another input gives the row
 * of each value, since the sets of candidates differ in size.
 */
export interface ElementsRows {
  readonly kind: "elements";
  /** The rows that have a set each. */
  readonly of: EachRows | StepsRows;
  /** The input with their ids. */
  readonly set: string;
  /** The largest number of values in a set. */
  readonly max: number;
}

export interface TensorType {
  readonly rows: Rows;
  /** Static sizes after the row axis: `[16]` for a vector, `[32, 80]` for a weight matrix, `[]` for ids. */
  readonly dims: readonly number[];
  readonly dtype: "f32" | "i32";
}

/** Smaller ids are padding and unknown values. */
export const FIRST_KNOWN_ID = 2;

export const ONCE: Rows = { kind: "once" };

export function sameRows(a: Rows, b: Rows): boolean {
  return rowsKey(a) === rowsKey(b);
}

/** The owner of each row; null for values that all of them share. */
export function perOf(rows: Rows): RowOwner | null {
  switch (rows.kind) {
    case "once":
    case "table":
      return null;
    case "each":
    case "steps":
      return rows.per;
    case "elements":
      return rows.of.per;
  }
}

/**
 * A readable key of the kind of rows: `once`, `example`, `candidate×clicks`, `tags of example`, `table
 * item_id`.
 */
export function rowsKey(rows: Rows): string {
  switch (rows.kind) {
    case "once":
      return "once";
    case "each":
      return rows.per;
    case "steps":
      return `${rows.per}×${rows.history}`;
    case "elements":
      return `${rows.set} of ${rowsKey(rows.of)}`;
    case "table":
      return `table ${rows.table}`;
  }
}

export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}
