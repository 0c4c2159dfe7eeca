// The attributes of each op's nodes, as plain data. The registry of ops is typed by them.

import type { RowOwner, Rows, TensorType } from "./types.ts";

/** The attributes `{}` of an op without attributes. */
export type NoAttributes = Readonly<Record<string, never>>;

export interface AttentionAttributes {
  /**
   * The number of heads. It divides the width of queries and keys, and that of values: each head has its own
   * columns of them.
   */
  readonly heads: number;
  /** The factor of the products of queries and keys: 1 / √(d / heads) in the paper. */
  readonly scale: number;
  /** A query attends only to the keys up to its own position. */
  readonly causal: boolean;
}

export interface AttentionGradientAttributes extends AttentionAttributes {
  readonly of: "queries" | "keys" | "values";
}

export interface LogPartitionGradientAttributes {
  readonly of: "x" | "keys" | "bias";
}

export interface GatherPositionsAttributes {
  readonly history: string;
  readonly per: RowOwner;
}

export interface BatchMeanAttributes {
  /** How the moving average follows the batches; null if it stays constant. */
  readonly average: BatchAverage | null;
}

export interface BatchAverage {
  readonly of: "mean" | "variance";
  /** The share of the old average that remains after a batch. */
  readonly momentum: number;
  /** The number of values in a row that each x is the mean of, such as the elements of a list. */
  readonly times: number;
}

export interface ConcatAttributes {
  /** The dim along which the inputs are joined. */
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
  /** The share of numbers that is dropped, in [0, 1). */
  readonly rate: number;
  /** Drops or keeps each vector as a whole: one random number per vector. */
  readonly whole?: true;
}

export interface InputAttributes {
  readonly name: string;
  readonly type: TensorType;
  readonly role: InputRole;
}

/** Ids or numbers of a feature, or of the field `feature` of a history. */
export interface FeatureRole {
  readonly kind: "feature";
  readonly feature: string;
  readonly history: string | null;
  /** The value is known in training only. Predictions use this id or number in its place. */
  readonly served?: number;
}

/** The distribution of drawn numbers: `uniform` strictly between 0 and 1, `normal` with mean 0 and deviation 1. */
export type Distribution = "uniform" | "normal";

/** Ids of a feature that are drawn for each training step, the same for all rows of the batch. */
export interface DrawnRole {
  readonly kind: "drawn";
  /** The layer that draws. */
  readonly of: string;
  readonly feature: string;
  readonly history: null;
  /** An id is drawn by its number of training rows to this power; 0 draws all known ids alike. */
  readonly power: number;
}

/** The source of an input. The input's name follows from it (`inputOf`); no code parses the name. */
export type InputRole =
  | FeatureRole
  | DrawnRole
  /** For each id that the layer `of` draws, the probability that a draw is this id. */
  | { readonly kind: "draw_probability"; readonly of: string }
  /**
   * The ids of a feature in the whole table. Its `input` may have row numbers of the batch's part of the
   * table instead.
   */
  | { readonly kind: "ids"; readonly of: FeatureRole | DrawnRole; readonly input: string }
  /** For each value of the sets of the input `of`, the number of its row. */
  | { readonly kind: "owner"; readonly of: string }
  /** The weight of each value of the sets of the input `of`. */
  | { readonly kind: "value_weight"; readonly of: string }
  | { readonly kind: "label"; readonly of: string }
  /** 1 if the row has the label `of`, else 0. */
  | { readonly kind: "present"; readonly of: string }
  /** The number of rows that the row counts as for the label `of`; 0 if the label is missing. */
  | { readonly kind: "weight"; readonly of: string }
  /** A number that the optimizer gives each step, like the learning rate. */
  | { readonly kind: "scalar"; readonly of: string }
  /** f32, uniform in [0, 1), drawn for each training step for the layer `of`. */
  | { readonly kind: "noise"; readonly of: string }
  /** f32 of a distribution, drawn for each training step for the layer `of`. */
  | { readonly kind: "random"; readonly of: string; readonly distribution: Distribution }
  /**
   * i32, one a row: a random order of the rows, drawn for each training step for the layer `of`. With `share` only a run of
   * steps of each history has another order, which is that share of them.
   */
  | { readonly kind: "permutation"; readonly of: string; readonly share?: number }
  /**
   * For each example, the numbers of all examples of the batch, or of those with its value of the feature
   * `by`. They are steps of the axis `of`.
   */
  | { readonly kind: "batch"; readonly of: string; readonly by: string | null }
  /**
   * For each example, the numbers of the examples of its request, at most `max`: those with its value of the
   * feature `by`. They are steps of the axis `of`. Predictions have them too.
   */
  | { readonly kind: "candidates"; readonly of: string; readonly by: string; readonly max: number }
  /** A value that the body of a scan reads. It is never fed. */
  | { readonly kind: "body"; readonly of: string }
  /** A value of a request that other code computes: that of the node `of` in the whole program. */
  | { readonly kind: "computed"; readonly of: string };

export interface LookupGradientAttributes {
  /** The rows of the table, or of the other value, that was looked up. */
  readonly rows: Rows;
}

/**
 * An id as a number. f32 holds small ids exactly; larger ids become two numbers, the quotient by `divisor`
 * and the remainder.
 */
export interface IdNumberAttributes {
  /** A power of two. */
  readonly divisor: number;
  /** A power of two, the exclusive upper bound of the result; null if there is none. */
  readonly modulus: number | null;
  /** The number of an unknown value. */
  readonly unknown: number;
}

export interface MatmulAttributes {
  /** w is [b, a] and is transposed first. */
  readonly transpose: boolean;
}

export interface PadAttributes {
  readonly dim: number;
  /** The numbers of zeros before and after, along `dim`. */
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
  /** The largest number of steps chosen in a row. */
  readonly count: number;
}

export interface ScatterListAttributes {
  /** The index of each item in the result; items with the same index are added. */
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
  /** The axis of the result. */
  readonly history: string;
  /** Which steps of each row remain if the other axis has fewer, and at which end they are if it has more. */
  readonly keep: "first" | "last";
}

export interface SortStepsAttributes {
  /** Puts sorted steps back to where they came from. */
  readonly inverse: boolean;
}

export interface ShiftStepsAttributes {
  /** Each step gets the value of the next one, not of the previous one. */
  readonly reverse: boolean;
}

export interface SliceAttributes {
  readonly dim: number;
  /** The first index along `dim`, and the index after the last. */
  readonly from: number;
  readonly to: number;
}

export interface BroadcastListAttributes {
  /** Length of the list. */
  readonly times: number;
}

export interface ScatterPositionsAttributes {
  /** The number of positions; no row has more steps. */
  readonly length: number;
}

export interface TableAttributes {
  readonly name: string;
  readonly width: number;
  /** The table whose rows this one accompanies, such as the slot of an optimizer. */
  readonly beside?: string;
}

export interface GatherListAttributes {
  /** Indices into the list, in any order. An index may occur several times. */
  readonly indices: readonly number[];
}

export interface ScanBody {
  /**
   * The types of the state and then of the values that a step reads, in the order of the op's inputs. Values
   * that vary with the row or the step have `STEP` rows; weights have `once`.
   */
  readonly inputs: readonly TensorType[];
  /** The nodes. Each depends on the state and has `STEP` rows. */
  readonly nodes: readonly BodyNode[];
  /** The index of the new state, which has the state's type. */
  readonly result: number;
}

export type BodyNode = OpUse & {
  /** Indices of values: the inputs come first, then the earlier nodes. */
  readonly inputs: readonly number[];
};

export interface ScanAttributes {
  readonly history: string;
  /** Goes from the latest step to the first. */
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
  readonly listed_lookup: NoAttributes;
  readonly listed_rows_gradient: NoAttributes;
  readonly repeat: RepeatAttributes;
  readonly sum_steps: NoAttributes;
  readonly max_steps: NoAttributes;
  readonly softmax_steps: NoAttributes;
  readonly count_steps: CountStepsAttributes;
  readonly shift_steps: ShiftStepsAttributes;
  readonly scan: ScanAttributes;
  readonly resize_steps: ResizeStepsAttributes;
  readonly sort_steps: SortStepsAttributes;
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
  readonly log_partition: NoAttributes;
  readonly log_partition_gradient: LogPartitionGradientAttributes;
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
  readonly while_training: NoAttributes;
}

export type OpName = keyof OpAttributes;

/** An op with its attributes: `op === "slice"` narrows both. */
export type OpUse = { readonly [N in OpName]: OpUseOf<N> }[OpName];

interface OpUseOf<N extends OpName> {
  readonly op: N;
  readonly attributes: OpAttributes[N];
}
