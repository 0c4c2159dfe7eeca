// The definition of an op: one object with its documentation, shape rule, reference and gradient rule. The
// lowerings of each back end are in `backends/NAME/lowerings`.

import type { OpAttributes, OpName } from "./attributes.ts";
import type { Graph, NodeBuilder, NodeId } from "./graph.ts";
import type { EachRows, ElementsRows, Rows, StepsRows, TensorType } from "./types.ts";

/** Gives the number of rows of each kind. */
export type RowCounter = (rows: Rows) => number;

/** The number of operations of one node. */
export type FlopsRule<A> = (context: OpContext<A>, count: RowCounter) => number;

/** The number of rows of each kind at run time, and the row of each step. */
export interface RowLayout {
  count(rows: Rows): number;
  /** For each step, its row in `{ kind: "each", per: rows.per }`, ascending. */
  segments(rows: StepsRows): Int32Array;
}

/** A value in the reference: row-major, f64 whatever the declared type. */
export type ReferenceValue = Float64Array;

export interface OpContext<A> {
  readonly attributes: A;
  /** Types of the inputs and of the output. */
  readonly inputs: readonly TensorType[];
  readonly output: TensorType;
}

export interface GradientContext<A> extends OpContext<A> {
  readonly graph: NodeBuilder;
  readonly inputIds: readonly NodeId[];
  readonly outputId: NodeId;
  /** ∂loss/∂output, of the output's type. */
  readonly gradient: NodeId;
  /** Differentiates the body of the op, if it has one. */
  readonly differentiation: Differentiation;
}

/** Differentiation of a Graph (autodiff/differentiate.ts) in the form that ops need. */
export interface Differentiation {
  /** A new, separate Graph. */
  scratch(): NodeBuilder & { finish(): Graph };
  /**
   * The gradients, for each node of `wrt`, of the sum of the numbers of `value`, each times that of
   * `cotangent`.
   */
  pullBack(
    builder: NodeBuilder,
    value: NodeId,
    cotangent: NodeId,
    wrt: readonly NodeId[],
  ): ReadonlyMap<NodeId, NodeId>;
}

/** Traits that a definition names and that passes and back ends read. */
export type OpTrait =
  | "source"
  | "learned"
  | "reducesRows"
  | "byRow"
  | "movesRows"
  | "readsIds"
  | "cheap"
  | "inPlace"
  | "losesSize"
  | "sumOverParts"
  | "elementwise";

/** Traits in which members of a family of elementwise ops differ. */
export type MemberTraits = Pick<OpDefinition<object>, "cheap" | "losesSize">;

export interface OpDefinition<A> {
  readonly name: string;
  /**
   * The op's name in hashes of earlier versions, if it was another: renaming an op must not change a
   * network's hash.
   */
  readonly hashedAs?: string;
  /** One or two sentences, with shapes in brackets. */
  readonly doc: string;
  /**
   * The output's type. Throws InternalError if the inputs do not fit, because specs are checked long before.
   */
  readonly shape: (inputs: readonly TensorType[], attributes: A) => TensorType;
  /** The oracle: plain, f64, obviously right. */
  readonly reference: (
    inputs: readonly ReferenceValue[],
    context: OpContext<A>,
    layout: RowLayout,
  ) => ReferenceValue;
  /** The number of operations, counted as described in `support/flops.ts`. */
  readonly flops: FlopsRule<A>;
  /** The gradient is 0 by intent, although the derivative is not. */
  readonly stopsGradient?: true;
  /**
   * Gradients for each input; null where none flows (ids, step functions). The rule itself is null for ops
   * that occur only in gradients, which are not differentiated again.
   */
  readonly gradient: ((context: GradientContext<A>) => readonly (NodeId | null)[]) | null;
  /**
   * The output over all rows is the sum of the outputs over parts of the rows. The inputs have rows; the
   * output is known once or has a table's rows. Ops without this trait need all rows at once.
   */
  readonly sumOverParts?: true;
  /**
   * Each number of the output depends only on the numbers at the same index of the inputs; values known once
   * and widths of 1 are repeated. Back ends compute chains of such ops together.
   */
  readonly elementwise?: true;
  /** The value exists before anything is computed. */
  readonly source?: true;
  /** Training changes the value or its rows. */
  readonly learned?: true;
  /** Reduces all rows of its first input to one value that is known once. */
  readonly reducesRows?: true;
  /**
   * Each row of the output depends only on the same row of the inputs. Elementwise ops have this property
   * without the trait.
   */
  readonly byRow?: true;
  /** Each row of the output is a row of the input, or 0. */
  readonly movesRows?: true;
  /** Reads rows or numbers by ids. */
  readonly readsIds?: true;
  /** Takes one or two instructions for four numbers. */
  readonly cheap?: true;
  /** The output may overwrite an input of its shape. */
  readonly inPlace?: true;
  /** The output grows little with the size of its inputs, or not at all. */
  readonly losesSize?: true;
  /**
   * Returns the offset, in numbers, of the output within its input if the output is a view of the input; null
   * if it must be copied.
   */
  readonly viewFrom?: (context: Pick<OpContext<A>, "attributes" | "output">) => number | null;
  /** Representative uses over the given rows, for generated tests. Every op has one over some rows. */
  readonly samples: (rows: SampleSpaces) => readonly OpSample<A>[];
}

/** The definition of an op that works number by number, so that back ends derive code from the trait. */
export type ElementwiseDefinition<A> = OpDefinition<A> & { readonly elementwise: true };

/**
 * The rows that a test layout offers: `each` and `steps` of one history, as examples, a request or its
 * candidates.
 */
export interface SampleSpaces {
  readonly each: EachRows;
  readonly steps: StepsRows;
  /** Rows of a table called "table". */
  readonly table: Rows;
  /** The values of the sets of `each` and `steps`. */
  readonly elements: readonly ElementsRows[];
}

export interface OpSample<A> {
  readonly attributes: A;
  readonly inputs: readonly TensorType[];
  /** The range of random inputs; ids are below the table's row count. Default −2 … 2. */
  readonly range?: readonly [number, number];
  /** Draws whole numbers only, so that ties occur. */
  readonly whole?: true;
  /** The inputs that are indices of steps, as `select_steps` gives them. */
  readonly places?: readonly number[];
  /** The inputs that give the row of each value of a set. */
  readonly ascending?: readonly number[];
}

/** The definition of every op. */
export type OpTable = { readonly [N in OpName]: OpDefinition<OpAttributes[N]> };

/** The definition of an op whose name is known at run time only. */
export function definitionIn<N extends OpName>(ops: OpTable, op: N): OpDefinition<OpAttributes[N]> {
  return ops[op];
}
