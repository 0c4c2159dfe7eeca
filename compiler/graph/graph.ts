// The Graph: a typed SSA program that every back end runs. A node is an op, its attributes, its inputs and the
// type the op's shape rule gives it. Nodes are in topological order and have no effects; what changes between
// steps (weights, moving averages, optimizer slots) is named in `updates`.

import type { OpAttributes, OpName } from "../ops/registry.ts";
import type { Span } from "../source/source-file.ts";

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

export type Per = "example" | "request" | "candidate";
export interface EachRows {
  readonly kind: "each";
  readonly per: Per;
}
export interface StepsRows {
  readonly kind: "steps";
  readonly per: Per;
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
  /** A set has at most so many. */
  readonly max: number;
}

export interface TensorType {
  readonly rows: Rows;
  /** Static sizes after the row axis: `[16]` for a vector, `[32, 80]` for a weight matrix, `[]` for ids. */
  readonly dims: readonly number[];
  readonly dtype: "f32" | "i32";
}

export type NodeId = number & { readonly __node: unique symbol };

export interface Node<N extends OpName = OpName> {
  readonly id: NodeId;
  readonly op: N;
  readonly attributes: OpAttributes[N];
  readonly inputs: readonly NodeId[];
  readonly type: TensorType;
  /** Where in the spec it comes from; null for what a pass or the training step adds. */
  readonly origin: Span | null;
}

export type Initializer =
  | { readonly kind: "zeros" }
  | { readonly kind: "constant"; readonly value: number }
  /** Normal with deviation √(2 / (fan_in + fan_out)); Glorot & Bengio 2010. */
  | { readonly kind: "glorot_normal"; readonly fanIn: number; readonly fanOut: number }
  | { readonly kind: "normal"; readonly deviation: number };

/** A dense value that lives across steps, named by its path in the spec: `net.interest.dense_1.kernel`. */
export interface Parameter {
  readonly name: string;
  readonly dims: readonly number[];
  readonly init: Initializer;
  /** `weight` is trained, `statistic` is a moving average, `slot` belongs to the optimizer. */
  readonly role: "weight" | "statistic" | "slot";
}

export interface Graph {
  readonly nodes: readonly Node[];
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly outputs: ReadonlyMap<string, NodeId>;
  /** Parameters that get a new value after a run, all at once, from values computed before any of them changes. */
  readonly updates: ReadonlyMap<string, NodeId>;
}

declare const validated: unique symbol;
/** A Graph that `validate` accepted; the only kind a back end takes. */
export type ValidGraph = Graph & { readonly [validated]: true };

export const ONCE: Rows = { kind: "once" };

export function sameRows(a: Rows, b: Rows): boolean {
  return rowsKey(a) === rowsKey(b);
}

/** Whom a row belongs to; null for what is the same for all. */
export function perOf(rows: Rows): Per | null {
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
