// The Graph: a typed SSA program that every back end runs. A node is an op, its attributes, its inputs and the
// type the op's shape rule gives it. Nodes are in topological order and have no effects; what changes between
// steps (weights, moving averages, optimizer slots) is named in `updates`.

import type { Span } from "../../common/source-file.ts";
import type { OpAttributes, OpName } from "./attributes.ts";
import type { TensorType } from "./types.ts";

export type NodeId = number & { readonly __node: unique symbol };

/** A node. `node.op === "slice"` also narrows its attributes. */
export type Node<N extends OpName = OpName> = { readonly [K in N]: NodeOf<K> }[N];

interface NodeOf<N extends OpName> {
  readonly id: NodeId;
  readonly op: N;
  readonly attributes: OpAttributes[N];
  readonly inputs: readonly NodeId[];
  readonly type: TensorType;
  /** The location in the spec; null for nodes that a pass or the training step adds. */
  readonly origin: Span | null;
}

export type Initializer =
  | { readonly kind: "zeros" }
  | { readonly kind: "constant"; readonly value: number }
  /** Normal distribution with deviation √(2 / (fan_in + fan_out)); Glorot & Bengio 2010. */
  | { readonly kind: "glorot_normal"; readonly fanIn: number; readonly fanOut: number }
  | { readonly kind: "normal"; readonly deviation: number }
  /** Uniform between −limit and limit. */
  | { readonly kind: "uniform"; readonly limit: number }
  /**
   * A number that a transform of a label learns from the training rows before the first step, both by index;
   * without rows it is `untrained`.
   */
  | {
      readonly kind: "label";
      readonly label: string;
      readonly transform: number;
      readonly number: number;
      readonly untrained: number;
    };

/**
 * A dense value that persists between steps, named by its path in the spec: `net.interest.dense_1.kernel`.
 */
export interface Parameter {
  readonly name: string;
  readonly dims: readonly number[];
  readonly init: Initializer;
  /** `weight` is trained, `statistic` is a moving average or learned from a label, `slot` belongs to the optimizer. */
  readonly role: "weight" | "statistic" | "slot";
}

/** The meaning of an output. The output's name follows from it (`outputName`); no code parses the name. */
export type OutputRole =
  | { readonly kind: "loss" }
  /** A term of the loss, before its weight. */
  | { readonly kind: "term"; readonly of: string }
  /** The loss of a label by example, for a label with a loss of its own. */
  | { readonly kind: "own"; readonly of: string }
  | { readonly kind: "auxiliary"; readonly of: string }
  | { readonly kind: "gradient"; readonly of: string }
  /** The new rows of a table, in a step that updates tables. */
  | { readonly kind: "table"; readonly of: string }
  /** The logit of a channel. */
  | { readonly kind: "logit"; readonly of: string }
  | { readonly kind: "probability"; readonly of: string }
  /** The value of an `output`, with all of its numbers. */
  | { readonly kind: "output"; readonly of: string };

export interface Graph {
  readonly nodes: readonly Node[];
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly outputs: ReadonlyMap<string, NodeId>;
  /** The roles of outputs by name. Outputs without a role are known by their names alone. */
  readonly roles: ReadonlyMap<string, OutputRole>;
  /**
   * Parameters that get a new value after a run, all at once. The values are computed before any of them
   * changes.
   */
  readonly updates: ReadonlyMap<string, NodeId>;
}

/**
 * Adds nodes to a Graph: the part of `GraphBuilder` that gradient rules and functions of the language use.
 */
export interface NodeBuilder {
  add<N extends OpName>(
    op: N,
    inputs: readonly NodeId[],
    attributes: OpAttributes[N],
    origin?: Span | null,
  ): NodeId;
  node(id: NodeId): Node;
  typeOf(id: NodeId): TensorType;
}

declare const validated: unique symbol;
/** A Graph that `validate` accepted; back ends take no other. */
export type ValidGraph = Graph & { readonly [validated]: true };
