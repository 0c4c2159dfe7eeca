// What an optimizer is: one object with its formula, its form over Graph nodes (dense parameters) and its form over
// the rows of a host table that a batch touched. Both take the same scalars, so that both are the same step.

import type { GraphBuilder } from "../../graph/builder.ts";
import type { NodeId } from "../../graph/graph.ts";
import type { Optimizer } from "../../model/model.ts";

export type OptimizerKind = Optimizer["kind"];
export type SettingsOf<K extends OptimizerKind> = Extract<Optimizer, { kind: K }>;

export interface Slot {
  readonly name: string;
  /** What every element starts at. */
  readonly initial: number;
}

export interface DenseContext<S> {
  readonly graph: GraphBuilder;
  readonly settings: S;
  /** Of all dense weights, as one vector. */
  readonly gradient: NodeId;
  /** Current value of a slot, of the gradient's type. */
  readonly slot: (name: string) => NodeId;
  /** A scalar of this step, [1]. */
  readonly scalar: (name: string) => NodeId;
  /** A number known now, [1]. */
  readonly constant: (value: number) => NodeId;
}

export interface DenseUpdate {
  /** What is subtracted from the weights, of the gradient's type. */
  readonly change: NodeId;
  readonly slots: Readonly<Record<string, NodeId>>;
}

/** A table as the row form sees it. All arrays are row-major over the whole table, `width` values a row. */
export interface RowTable {
  readonly width: number;
  readonly values: Float32Array;
  /** In the order of the optimizer's `slots`. */
  readonly slots: readonly Float32Array[];
  /**
   * By row: λ / n_j of mini-batch aware regularisation, where n_j counts the id in all training samples (0 where it
   * never occurs). Null without regularisation. The DIN paper, section 5.1.
   */
  readonly decay: Float32Array | null;
}

export interface RowUpdate {
  readonly table: RowTable;
  /** The batch's distinct rows. */
  readonly rows: Int32Array;
  /** ∂loss/∂row for each of `rows`, in their order. */
  readonly gradients: Float32Array;
  readonly scalars: Readonly<Record<string, number>>;
}

export interface OptimizerDefinition<S extends Optimizer> {
  readonly name: S["kind"];
  /** The formula and where it comes from. */
  readonly doc: string;
  readonly slots: (settings: S) => readonly Slot[];
  /** Names of the scalars, in any order. */
  readonly scalarNames: readonly string[];
  /** Their values at step `t`, counted from 1. */
  readonly scalars: (settings: S, t: number) => Readonly<Record<string, number>>;
  readonly dense: (context: DenseContext<S>) => DenseUpdate;
  /** Updates the touched rows and their slots in place; no other row changes. Allocates nothing. */
  readonly rows: (settings: S, update: RowUpdate) => void;
}

export function defineOptimizer<K extends OptimizerKind>(
  definition: OptimizerDefinition<SettingsOf<K>>,
): OptimizerDefinition<SettingsOf<K>> {
  return definition;
}
