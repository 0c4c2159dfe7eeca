// Tells how each value of a request changes when steps are added at the end of its histories, so that a back end computes
// the new rows alone wherever that gives the same bits.

import { unreachable } from "../../common/internal-error.ts";
import { isCandidateAxis } from "../graph/batch-axis.ts";
import { historiesOf } from "../graph/derived-axes.ts";
import type { Graph, Node, NodeId } from "../graph/graph.ts";
import { perOf, sameRows } from "../graph/types.ts";

/**
 * - `fixed`: no history changes the value.
 * - `step`: row t follows from row t of its inputs, so rows remain when a history grows, and also when its first steps leave.
 * - `prefix`: row t follows from the rows up to t, so rows remain when a history grows.
 * - `whole`: any number may change.
 */
export type GrowthKind = "fixed" | "step" | "prefix" | "whole";

export interface Growth {
  readonly kind: GrowthKind;
  /** The histories on which the value depends. */
  readonly histories: ReadonlySet<string>;
}

const order: readonly GrowthKind[] = ["fixed", "step", "prefix", "whole"];

/** By value of the request in a ranking program: its growth. Weights and values of candidates have none. */
export function growthOf({ nodes }: Pick<Graph, "nodes">): ReadonlyMap<NodeId, Growth> {
  const found = new Map<NodeId, Growth>();
  for (const node of nodes) {
    if (!isOfRequest(node)) continue;
    const inputs = node.inputs.map((id) => found.get(id) ?? null);
    const histories = new Set([
      ...inputs.flatMap((each) => [...(each?.histories ?? [])]),
      ...ownHistories(node),
    ]);
    const kind = histories.size === 0 ? "fixed" : kindOf(node, nodes, inputs);
    found.set(node.id, { kind, histories });
  }
  return found;
}

/** Tells whether a node of a ranking program has a value for each request. */
export function isOfRequest({ type: { rows } }: Node): boolean {
  return perOf(rows) === "request" && !(rows.kind === "steps" && isCandidateAxis(rows.history));
}

/** The histories that a node names. */
function ownHistories({ op, type: { rows }, attributes }: Node): readonly string[] {
  const named = op === "count_steps" ? attributes.history : null;
  const axis = rows.kind === "elements" ? rows.of : rows;
  return [
    ...(axis.kind === "steps" ? historiesOf(axis.history) : []),
    ...(named === null ? [] : historiesOf(named)),
  ];
}

function kindOf(node: Node, nodes: Graph["nodes"], inputs: readonly (Growth | null)[]): GrowthKind {
  const { rows } = node.type;
  // Steps of a derived axis move when their history grows.
  if (rows.kind !== "steps" || !historiesOf(rows.history).includes(rows.history)) return "whole";
  const own = ruleOf(node, nodes);
  const read = node.inputs.map((id, i): GrowthKind => {
    const input = inputs[i];
    if (input === null || input === undefined) return "fixed";
    return input.kind === "fixed" || sameRows(nodes[id]!.type.rows, rows) ? input.kind : "whole";
  });
  return order[Math.max(...[own, ...read].map((kind) => order.indexOf(kind)))]!;
}

/** The growth of a value whose inputs have rows that remain. */
function ruleOf(node: Node, nodes: Graph["nodes"]): "step" | "prefix" | "whole" {
  switch (node.op) {
    case "scan":
    case "shift_steps":
      return node.attributes.reverse ? "whole" : "prefix";
    case "attention":
      // Queries that are items of a list attend to the list of their own step.
      if (nodes[node.inputs[0]!]!.type.dims.length > 1) return "step";
      return node.attributes.causal ? "prefix" : "whole";
    case "input":
    case "parameter":
    case "table":
    case "constant":
    case "id_number":
    case "lookup":
    case "pooled_lookup":
    case "count_elements":
    case "listed_lookup":
    case "repeat":
    case "broadcast_list":
    case "sum_list":
    case "max_list":
    case "softmax_list":
    case "gather_list":
    case "scatter_list":
    case "transpose":
    case "log_partition":
    case "dots":
    case "matmul":
    case "concat":
    case "slice":
    case "pad":
    case "reshape":
    case "sum_width":
    case "broadcast_like":
    case "add":
    case "subtract":
    case "multiply":
    case "divide":
    case "maximum":
    case "dropout":
    case "equal":
    case "greater":
    case "choose":
    case "negate":
    case "exp":
    case "log":
    case "sqrt":
    case "sin":
    case "cos":
    case "sigmoid":
    case "sigmoid_gradient":
    case "tanh":
    case "relu":
    case "step":
    case "softplus":
    case "stop_gradient":
    case "while_training":
      return "step";
    // Reductions over steps, values that depend on the number of steps, and ops that put steps elsewhere.
    case "softmax_steps":
    case "sum_steps":
    case "max_steps":
    case "count_steps":
    case "last_step":
    case "scatter_last_step":
    case "gather_positions":
    case "scatter_positions":
    case "resize_steps":
    case "sort_steps":
    case "select_steps":
    case "gather_steps":
    case "scatter_steps":
    case "repeat_candidates":
    case "sum_candidates":
    // Statistics and gradients occur in training alone.
    case "sum_rows":
    case "count_rows":
    case "batch_mean":
    case "contract_rows":
    case "lookup_gradient":
    case "listed_rows_gradient":
    case "attention_gradient":
    case "log_partition_gradient":
      return "whole";
    default:
      return unreachable(node, "op");
  }
}
