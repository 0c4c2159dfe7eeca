// The definition of an optimizer: one object with its syntax, its formula, its form over Graph nodes (dense
// parameters) and its form over the rows of a host table that a batch touched. Both forms take the same
// scalars, so they compute the same step.

import type { GraphBuilder } from "../../builder/builder.ts";
import type { NodeId } from "../../graph/graph.ts";
import type { Optioned } from "../options.ts";
import type { Optimizer } from "../settings.ts";

export type OptimizerKind = Optimizer["kind"];
export type SettingsOf<K extends OptimizerKind> = Extract<Optimizer, { kind: K }>;

export interface OptimizerSlot {
  readonly name: string;
  /** What every element starts at. */
  readonly initial: number;
  /** In a table: one number a row, instead of one for each of its numbers. */
  readonly byRow: boolean;
}

export interface DenseContext<S> {
  readonly graph: GraphBuilder;
  readonly settings: S;
  /** Of all dense weights, as one vector. */
  readonly gradient: NodeId;
  /** The weights themselves, of the gradient's type. */
  readonly weights: () => NodeId;
  /** The same with 0 for those that are not pulled to 0: all but the matrices of layers. */
  readonly decaying: () => NodeId;
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
export interface OptimizerTable {
  readonly width: number;
  readonly values: Float32Array;
  /** In the order of the optimizer's `slots`; those by row have one number a row. */
  readonly slots: readonly Float32Array[];
  /**
   * What `regularize` adds to a row's gradient, times the row: λ of `l2`, the same for all rows, or by row λ / n_j of
   * mini-batch aware regularisation, where n_j counts the id in all training samples (0 where it never occurs; the DIN
   * paper, section 5.1). Null without regularisation.
   */
  readonly decay: Float32Array | number | null;
}

/** What is added to the gradient of `row`, times the row. */
export function pullOn({ decay }: OptimizerTable, row: number): number {
  return decay === null ? 0 : typeof decay === "number" ? decay : decay[row]!;
}

export interface RowUpdate {
  readonly table: OptimizerTable;
  /** The batch's distinct rows. */
  readonly rows: Int32Array;
  /** ∂loss/∂row for each of `rows`, in their order. */
  readonly gradients: Float32Array;
  readonly scalars: Readonly<Record<string, number>>;
}

export interface OptimizerDefinition<S extends Optimizer> extends Optioned<S> {
  readonly name: S["kind"];
  /** Learning rates that it is used with, and one to begin with. Wide on purpose. */
  readonly rates: { readonly least: number; readonly most: number; readonly usual: number };
  readonly slots: (settings: S) => readonly OptimizerSlot[];
  /** Names of the scalars, in any order. */
  readonly scalarNames: readonly string[];
  /** Their values at step `t`, counted from 1; the learning rate of `settings` is that of this step. */
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
