// The attributes of each op's nodes, besides their inputs: plain data. The types hold the registry of ops to it.

import type { RowOwner, Rows, TensorType } from "./types.ts";

/** Attributes of an op that has none: `{}`. */
export type NoAttributes = Readonly<Record<string, never>>;

export interface AttentionAttributes {
  /** Divides the width of queries and keys, and that of values: each head has its own columns of all of them. */
  readonly heads: number;
  /** Of the products of queries and keys: 1 / √(d / heads) in the paper. */
  readonly scale: number;
  /** A query attends to the keys up to its own place: both have the same places. */
  readonly causal: boolean;
}

export interface AttentionGradientAttributes extends AttentionAttributes {
  readonly of: "queries" | "keys" | "values";
}

export interface GatherPositionsAttributes {
  readonly history: string;
  readonly per: RowOwner;
}

export interface BatchMeanAttributes {
  /** How the moving average follows the batches; null where it stays as it is. */
  readonly average: BatchAverage | null;
}

export interface BatchAverage {
  readonly of: "mean" | "variance";
  /** The share of the average that a batch leaves. */
  readonly momentum: number;
  /** How many numbers of a row each x is the mean of: the elements of a list. */
  readonly times: number;
}

export interface ConcatAttributes {
  /** Which of the dims grows. */
  readonly dim: number;
}

export interface ConstantAttributes {
  readonly value: number;
  readonly dims: readonly number[];
}

export interface CountRowsAttributes {
  readonly rows: Rows;
}

export interface CountStepsAttributes {
  readonly history: string;
  readonly per: RowOwner;
}

export interface DropoutAttributes {
  /** The share that is left out, in [0, 1). */
  readonly rate: number;
  /** The noise is the same for all numbers of a vector, which is kept or left out as a whole. */
  readonly whole?: true;
}

export interface InputAttributes {
  readonly name: string;
  readonly type: TensorType;
  readonly role: InputRole;
}

/** Ids or numbers of a feature, or of a history's field called `feature`. */
export interface FeatureRole {
  readonly kind: "feature";
  readonly feature: string;
  readonly history: string | null;
  /** Known in training only: the id or number that whoever predicts sees in its place. */
  readonly served?: number;
}

/** What an input is fed with. Its name follows from it (`inputOf`), and is never taken apart again. */
export type InputRole =
  | FeatureRole
  /** The ids of a feature, which its `input` is fed where tables are whole, whichever rows of tables are. */
  | { readonly kind: "ids"; readonly of: FeatureRole; readonly input: string }
  /** For each value of the sets of the input `of` the number of the row that has it. */
  | { readonly kind: "owner"; readonly of: string }
  | { readonly kind: "label"; readonly of: string }
  /** 1 where the row has the label `of`, else 0. */
  | { readonly kind: "present"; readonly of: string }
  /** How many rows the row counts as for the label `of`: 0 where it lacks it. */
  | { readonly kind: "weight"; readonly of: string }
  /** A number that the optimizer gives each step, like the learning rate. */
  | { readonly kind: "scalar"; readonly of: string }
  /** f32, uniform in [0, 1), drawn at each training step for the layer `of`. */
  | { readonly kind: "noise"; readonly of: string }
  /** i32, one a row: another order of the rows, drawn at each training step for the layer `of`. */
  | { readonly kind: "permutation"; readonly of: string }
  /**
   * For each example of the batch the numbers of all of them, or of those with its value of the feature `by`,
   * as steps of the axis `of`.
   */
  | { readonly kind: "batch"; readonly of: string; readonly by: string | null }
  /** What the body of a scan reads: it is never fed. */
  | { readonly kind: "body"; readonly of: string };

export interface LookupGradientAttributes {
  /** Of what was looked up in. */
  readonly rows: Rows;
}

/** An id as one number where f32 tells them all apart, else as two: how often it has `divisor`, and the rest. */
export interface IdNumberAttributes {
  /** A power of two. */
  readonly divisor: number;
  /** A power of two that the result stays below; null where there is no such bound. */
  readonly modulus: number | null;
  /** What a value is that is not known. */
  readonly unknown: number;
}

export interface MatmulAttributes {
  /** w is [b, a] and enters transposed. */
  readonly transpose: boolean;
}

export interface PadAttributes {
  readonly dim: number;
  /** How many zeros come before and after along `dim`. */
  readonly before: number;
  readonly after: number;
}

export interface ParameterAttributes {
  readonly name: string;
  readonly dims: readonly number[];
}

export interface ScatterLastStepAttributes {
  readonly history: string;
}

export interface PooledLookupAttributes {
  readonly pool: "sum" | "max";
}

export interface SelectStepsAttributes {
  /** How many steps of a row are chosen at most. */
  readonly count: number;
}

export interface ScatterListAttributes {
  /** For each item its place in the result; items of one place are added. */
  readonly indices: readonly number[];
  /** Length of the result. */
  readonly length: number;
}

export interface RepeatAttributes {
  readonly history: string;
}

export interface ReshapeAttributes {
  readonly dims: readonly number[];
}

export interface ResizeStepsAttributes {
  /** The axis of the result: of the same history as that of x. */
  readonly history: string;
  /** Which steps of each row stay where the other axis has fewer, and on which side they stand where it has more. */
  readonly keep: "first" | "last";
}

export interface ShiftStepsAttributes {
  /** Each step gets what stands after it, not what stands before. */
  readonly reverse: boolean;
}

export interface SliceAttributes {
  readonly dim: number;
  /** The first place along `dim`, and the one after the last. */
  readonly from: number;
  readonly to: number;
}

export interface BroadcastListAttributes {
  /** Length of the list. */
  readonly times: number;
}

export interface ScatterPositionsAttributes {
  /** How many positions there are: no row has more steps. */
  readonly length: number;
}

export interface TableAttributes {
  readonly name: string;
  readonly width: number;
  /** The table that this one accompanies, row by row: an optimizer's slot belongs to a table. */
  readonly beside?: string;
}

export interface GatherListAttributes {
  /** Places in the list, in any order and as often as you like. */
  readonly indices: readonly number[];
}

export interface ScanBody {
  /**
   * The state first, then what a step reads, in the order of the op's inputs. Over `STEP` rows what changes with the
   * history or the step, `once` weights.
   */
  readonly inputs: readonly TensorType[];
  /** Each depends on the state and is computed over `STEP` rows. */
  readonly nodes: readonly BodyNode[];
  /** Position of the new state, of the state's type. */
  readonly result: number;
}

export type BodyNode = OpUse & {
  /** Positions among the inputs, which come first, and the nodes before it. */
  readonly inputs: readonly number[];
};

export interface ScanAttributes {
  readonly history: string;
  /** From the latest step to the first. */
  readonly reverse: boolean;
  readonly body: ScanBody;
}

/** By op. */
export interface OpAttributes {
  readonly input: InputAttributes;
  readonly parameter: ParameterAttributes;
  readonly table: TableAttributes;
  readonly constant: ConstantAttributes;
  readonly id_number: IdNumberAttributes;
  readonly lookup: NoAttributes;
  readonly lookup_gradient: LookupGradientAttributes;
  readonly pooled_lookup: PooledLookupAttributes;
  readonly count_elements: NoAttributes;
  readonly repeat: RepeatAttributes;
  readonly sum_steps: NoAttributes;
  readonly max_steps: NoAttributes;
  readonly softmax_steps: NoAttributes;
  readonly count_steps: CountStepsAttributes;
  readonly shift_steps: ShiftStepsAttributes;
  readonly scan: ScanAttributes;
  readonly resize_steps: ResizeStepsAttributes;
  readonly select_steps: SelectStepsAttributes;
  readonly gather_steps: NoAttributes;
  readonly scatter_steps: RepeatAttributes;
  readonly last_step: NoAttributes;
  readonly scatter_last_step: ScatterLastStepAttributes;
  readonly gather_positions: GatherPositionsAttributes;
  readonly scatter_positions: ScatterPositionsAttributes;
  readonly broadcast_list: BroadcastListAttributes;
  readonly sum_list: NoAttributes;
  readonly max_list: NoAttributes;
  readonly softmax_list: NoAttributes;
  readonly gather_list: GatherListAttributes;
  readonly scatter_list: ScatterListAttributes;
  readonly transpose: NoAttributes;
  readonly attention: AttentionAttributes;
  readonly attention_gradient: AttentionGradientAttributes;
  readonly repeat_candidates: NoAttributes;
  readonly sum_candidates: NoAttributes;
  readonly sum_rows: NoAttributes;
  readonly count_rows: CountRowsAttributes;
  readonly batch_mean: BatchMeanAttributes;
  readonly broadcast_like: NoAttributes;
  readonly dots: NoAttributes;
  readonly matmul: MatmulAttributes;
  readonly contract_rows: NoAttributes;
  readonly concat: ConcatAttributes;
  readonly slice: SliceAttributes;
  readonly pad: PadAttributes;
  readonly reshape: ReshapeAttributes;
  readonly sum_width: NoAttributes;
  readonly add: NoAttributes;
  readonly subtract: NoAttributes;
  readonly multiply: NoAttributes;
  readonly divide: NoAttributes;
  readonly maximum: NoAttributes;
  readonly dropout: DropoutAttributes;
  readonly equal: NoAttributes;
  readonly greater: NoAttributes;
  readonly choose: NoAttributes;
  readonly negate: NoAttributes;
  readonly exp: NoAttributes;
  readonly log: NoAttributes;
  readonly sqrt: NoAttributes;
  readonly sin: NoAttributes;
  readonly cos: NoAttributes;
  readonly sigmoid: NoAttributes;
  readonly sigmoid_gradient: NoAttributes;
  readonly tanh: NoAttributes;
  readonly relu: NoAttributes;
  readonly step: NoAttributes;
  readonly softplus: NoAttributes;
  readonly stop_gradient: NoAttributes;
}

export type OpName = keyof OpAttributes;

/** An op with its attributes: `op === "slice"` narrows both. */
export type OpUse = { readonly [N in OpName]: OpUseOf<N> }[OpName];

interface OpUseOf<N extends OpName> {
  readonly op: N;
  readonly attributes: OpAttributes[N];
}
