// The types of values: what they have a row for, and how large a row is.

/**
 * What a value has one row for. In training rows are examples; in a ranking request they are the request (what is
 * known once: user, context, history) or its candidates. `steps` are the valid steps of a history, packed: no
 * padding exists. Steps per example are ragged; steps per request are that request's T steps; steps per candidate
 * are N × T rows, candidate-major.
 */
export type Rows =
  | { readonly kind: "once" }
  | EachRows
  | StepsRows
  | ElementsRows
  /** Rows of an embedding table; in training only the batch's distinct ones, renumbered from 0. */
  | { readonly kind: "table"; readonly table: string };

export type RowOwner = "example" | "request" | "candidate";
export interface EachRows {
  readonly kind: "each";
  readonly per: RowOwner;
}

export interface StepsRows {
  readonly kind: "steps";
  readonly per: RowOwner;
  /** A history, or an axis that follows from one (see shifted-axes.ts). */
  readonly history: string;
}

/**
 * The values that sets hold, packed: those of the first row, then those of the second. Which row each belongs to is an
 * input of its own, since the sets of candidates differ in size.
 */
export interface ElementsRows {
  readonly kind: "elements";
  /** What has a set each. */
  readonly of: EachRows | StepsRows;
  /** The input that holds their ids. */
  readonly set: string;
  /** The most values of a set. */
  readonly max: number;
}

export interface TensorType {
  readonly rows: Rows;
  /** Static sizes after the row axis: `[16]` for a vector, `[32, 80]` for a weight matrix, `[]` for ids. */
  readonly dims: readonly number[];
  readonly dtype: "f32" | "i32";
}

/** Ids below it are padding and unknown values. */
export const FIRST_KNOWN_ID = 2;

export const ONCE: Rows = { kind: "once" };

export function sameRows(a: Rows, b: Rows): boolean {
  return rowsKey(a) === rowsKey(b);
}

/** Whom a row belongs to; null for what is the same for all. */
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

/** A readable key: `once`, `example`, `candidate×clicks`, `tags of example`, `table item_id`. */
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
