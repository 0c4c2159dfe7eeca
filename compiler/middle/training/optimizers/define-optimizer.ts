// The definition of an optimizer: one object with its syntax, its formula, its form over Graph nodes (dense
// parameters) and its form over the rows of a host table in a batch. Both forms take the same scalars, so
// they compute the same step.

import type { GraphBuilder } from "../../builder/builder.ts";
import type { NodeId } from "../../graph/graph.ts";
import type { Optioned } from "../options.ts";
import type { Optimizer } from "../settings.ts";

export type OptimizerKind = Optimizer["kind"];
export type SettingsOf<K extends OptimizerKind> = Extract<Optimizer, { kind: K }>;

export interface OptimizerSlot {
  readonly name: string;
  /** The initial value of every element. */
  readonly initial: number;
  /** In a table: one number per row, instead of one for each number of the row. */
  readonly byRow: boolean;
}

export interface DenseContext<S> {
  readonly graph: GraphBuilder;
  readonly settings: S;
  /** The gradient of all dense weights, as one vector. */
  readonly gradient: NodeId;
  /** The weights, in the gradient's type. */
  readonly weights: () => NodeId;
  /** The same, but 0 for weights that do not decay: all except the matrices of layers. */
  readonly decaying: () => NodeId;
  /** The current value of a slot, in the gradient's type. */
  readonly slot: (name: string) => NodeId;
  /** A scalar of this step, [1]. */
  readonly scalar: (name: string) => NodeId;
  /** A constant, [1]. */
  readonly constant: (value: number) => NodeId;
}

export interface DenseUpdate {
  /** The change that is subtracted from the weights, in the gradient's type. */
  readonly change: NodeId;
  readonly slots: Readonly<Record<string, NodeId>>;
}

/** A table in the row form. All arrays are row-major over the whole table, with `width` values a row. */
export interface OptimizerTable {
  readonly width: number;
  readonly values: Float32Array;
  /** In the order of the optimizer's `slots`; those by row have one number per row. */
  readonly slots: readonly Float32Array[];
  /**
   * The factor of `regularize`; times the row, it is added to the row's gradient. It is the λ of `l2`, the
   * same for all rows, or by row λ / n_j of mini-batch aware regularisation, where n_j counts the id in all
   * training samples (0 for an id that never occurs; the DIN paper, section 5.1). Null without
   * regularisation.
   */
  readonly decay: Float32Array | number | null;
}

/** The factor of `row`: times the row, it is added to the row's gradient. */
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
  /** The range of usual learning rates, wide on purpose, and one to begin with. */
  readonly rates: { readonly least: number; readonly most: number; readonly usual: number };
  readonly slots: (settings: S) => readonly OptimizerSlot[];
  /** Names of the scalars, in any order. */
  readonly scalarNames: readonly string[];
  /** The scalars at step `t`, counted from 1. The learning rate of `settings` is that of this step. */
  readonly scalars: (settings: S, t: number) => Readonly<Record<string, number>>;
  readonly dense: (context: DenseContext<S>) => DenseUpdate;
  /** Updates the batch's rows and their slots in place; no other row changes. Allocates nothing. */
  readonly rows: (settings: S, update: RowUpdate) => void;
}

export function defineOptimizer<K extends OptimizerKind>(
  definition: OptimizerDefinition<SettingsOf<K>>,
): OptimizerDefinition<SettingsOf<K>> {
  return definition;
}
