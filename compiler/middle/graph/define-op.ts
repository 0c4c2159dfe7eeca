// The definition of an op: one object with its documentation, shape rule, reference and gradient. The
// lowerings of each back end are in `backends/NAME/lowerings`.

import type { OpAttributes, OpName } from "./attributes.ts";
import type { Graph, NodeBuilder, NodeId } from "./graph.ts";
import type { EachRows, ElementsRows, Rows, StepsRows, TensorType } from "./types.ts";

/** How many rows there are of each kind. */
export type RowCounter = (rows: Rows) => number;

/** Operations of one node. */
export type FlopsRule<A> = (context: OpContext<A>, count: RowCounter) => number;

/** How many rows there are at run time, and which row each step belongs to. */
export interface RowLayout {
  count(rows: Rows): number;
  /** For each step its row in `{ kind: "each", per: rows.per }`, ascending. */
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
  /** For an op whose body is differentiated itself. */
  readonly differentiation: Differentiation;
}

/** What differentiates a Graph (autodiff/differentiate.ts), as ops may use it. */
export interface Differentiation {
  /** A Graph of its own to work in. */
  scratch(): NodeBuilder & { finish(): Graph };
  /** Gradients by each node of `wrt` of a sum of `value`'s numbers, each times that of `cotangent`. */
  pullBack(
    builder: NodeBuilder,
    value: NodeId,
    cotangent: NodeId,
    wrt: readonly NodeId[],
  ): ReadonlyMap<NodeId, NodeId>;
}

/** Traits that an op says in its definition with a word: passes and back ends read them there. */
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

/** Traits in which ops of a family of elementwise ones differ. */
export type MemberTraits = Pick<OpDefinition<object>, "cheap" | "losesSize">;

export interface OpDefinition<A> {
  readonly name: string;
  /**
   * The name under which runs of earlier versions hashed it, where it was another: a network is the same by
   * whatever name.
   */
  readonly hashedAs?: string;
  /** One or two sentences; shapes in brackets. */
  readonly doc: string;
  /** The output's type. Throws InternalError where inputs do not fit: specs are checked long before. */
  readonly shape: (inputs: readonly TensorType[], attributes: A) => TensorType;
  /** The oracle: plain, f64, obviously right. */
  readonly reference: (
    inputs: readonly ReferenceValue[],
    context: OpContext<A>,
    layout: RowLayout,
  ) => ReferenceValue;
  /** Operations that it takes, counted as `support/flops.ts` says. */
  readonly flops: FlopsRule<A>;
  /** The gradient is 0 by intent, where calculus has another. */
  readonly stopsGradient?: true;
  /**
   * Gradients for each input, null where none flows (ids, step functions). An op that occurs in gradients only, which
   * are not differentiated again, has no rule.
   */
  readonly gradient: ((context: GradientContext<A>) => readonly (NodeId | null)[]) | null;
  /**
   * Where rows go in, and what is known once or a table's rows comes out: the output is the sum of the
   * outputs of parts of the rows. An op without it needs all rows at once.
   */
  readonly sumOverParts?: true;
  /**
   * Each number of the output comes from those at the same place of the inputs (rows that are known once and
   * a width of 1 being repeated). Such ops are computed together where they follow each other.
   */
  readonly elementwise?: true;
  /** The value is there before anything is computed. */
  readonly source?: true;
  /** Training changes the value, or its rows. */
  readonly learned?: true;
  /** Reduces all rows of its first input to one value that is known once. */
  readonly reducesRows?: true;
  /** A row of the output follows from the same row of the inputs; so it does for an elementwise op. */
  readonly byRow?: true;
  /** Each row of the output is a row of the input, or 0. */
  readonly movesRows?: true;
  /** Reads rows or numbers by ids. */
  readonly readsIds?: true;
  /** Takes an instruction or two for four numbers. */
  readonly cheap?: true;
  /** The output may be written over an input of its shape. */
  readonly inPlace?: true;
  /** The output grows little with the size of its inputs, or not at all. */
  readonly losesSize?: true;
  /** At which number of its input the output begins, which then is a view of it; null where it has to be copied. */
  readonly viewFrom?: (context: Pick<OpContext<A>, "attributes" | "output">) => number | null;
  /** Representative uses for the generated tests, over the given rows; every op has one over some rows. */
  readonly samples: (rows: SampleSpaces) => readonly OpSample<A>[];
}

/** The row spaces a test layout offers: `each` and `steps` of one history, as examples, a request or its candidates. */
export interface SampleSpaces {
  readonly each: EachRows;
  readonly steps: StepsRows;
  /** Rows of a table called "table". */
  readonly table: Rows;
  /** The values of sets that `each` and `steps` have. */
  readonly elements: readonly ElementsRows[];
}

export interface OpSample<A> {
  readonly attributes: A;
  readonly inputs: readonly TensorType[];
  /** Range of random inputs; ids are drawn below the table's row count. Default −2 … 2. */
  readonly range?: readonly [number, number];
  /** Whole numbers only, so that ties occur. */
  readonly whole?: true;
  /** Inputs that are places of steps, as `select_steps` gives them. */
  readonly places?: readonly number[];
  /** Inputs that give the row of each value of a set, by their places. */
  readonly ascending?: readonly number[];
}

/** The definition of every op. */
export type OpTable = { readonly [N in OpName]: OpDefinition<OpAttributes[N]> };

/** The definition of an op whose name is known at run time only. */
export function definitionIn<N extends OpName>(ops: OpTable, op: N): OpDefinition<OpAttributes[N]> {
  return ops[op];
}
