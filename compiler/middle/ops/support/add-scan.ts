// Makes a `scan` from nodes that compute every step's new state over all steps at once, as if the previous
// states were known. The nodes that depend on these states become the body; the others stay outside and are
// computed once.

import { invariant } from "../../../common/internal-error.ts";
import type { Span } from "../../../common/source-file.ts";
import type { BodyNode } from "../../graph/attributes.ts";
import type { NodeBuilder, NodeId } from "../../graph/graph.ts";
import { opUse } from "../../graph/narrow.ts";
import type { TensorType } from "../../graph/types.ts";
import { STEP } from "./scan-body.ts";

export interface Recurrence {
  /** A source over steps that represents the state before each step. No output may depend on it. */
  readonly state: NodeId;
  /** The state after each step, computed from `state`. */
  readonly next: NodeId;
  /** The first state, known once or for each row. */
  readonly start: NodeId;
  /**
   * Any value over the steps of the history. If the body reads no value over steps, the scan uses its steps.
   */
  readonly like: NodeId;
  readonly reverse: boolean;
}

/** The states after each step, over the steps. Returns `next` itself if it does not depend on `state`. */
export function addScan(
  graph: NodeBuilder,
  { state, next, start, like, reverse }: Recurrence,
  origin: Span | null = null,
): NodeId {
  const { rows } = graph.typeOf(state);
  invariant(rows.kind === "steps", "a state that has no steps");
  const inside = between(graph, [state], next);
  if (inside.length === 0) return next;
  const operands: NodeId[] = [start];
  const types: TensorType[] = [inStep(graph.typeOf(state))];
  const positions = new Map<NodeId, number>([[state, 0]]);
  const known = new Map<NodeId, number>();
  const read = (id: NodeId, operand: NodeId) => {
    const position = known.get(operand);
    positions.set(id, position ?? operands.length);
    if (position !== undefined) return;
    known.set(operand, operands.length);
    operands.push(operand);
    types.push(inStep(graph.typeOf(operand)));
  };
  const isInside = new Set([state, ...inside]);
  for (const id of inside)
    for (const input of graph.node(id).inputs) {
      if (isInside.has(input) || positions.has(input)) continue;
      // A value that all steps of a row share is an input by row.
      const { op, inputs } = graph.node(input);
      read(input, op === "repeat" ? inputs[0]! : input);
    }
  if (!operands.slice(1).some((operand) => hasSteps(graph, operand))) read(like, like);
  inside.forEach((id, i) => {
    positions.set(id, operands.length + i);
  });
  const nodes = inside.map((id): BodyNode => {
    const { op, attributes, inputs } = graph.node(id);
    return { ...opUse(op, attributes), inputs: inputs.map((input) => positions.get(input)!) };
  });
  const body = { inputs: types, nodes, result: positions.get(next)! };
  return graph.add("scan", operands, { history: rows.history, reverse, body }, origin);
}

/** Tells whether a value has the steps of a history, in predictions too, which draw no noise. */
export function hasSteps(graph: Pick<NodeBuilder, "node" | "typeOf">, id: NodeId): boolean {
  const { op, attributes } = graph.node(id);
  const isNoise = op === "input" && attributes.role.kind === "noise";
  return graph.typeOf(id).rows.kind === "steps" && !isNoise;
}

/** The nodes that depend on `sources` and that `next` depends on, in their order. */
export function between(graph: NodeBuilder, sources: readonly NodeId[], next: NodeId): NodeId[] {
  const first = Math.min(...sources) + 1;
  const ids = Array.from({ length: Math.max(0, next - first + 1) }, (_, i) => (first + i) as NodeId);
  const dependent = new Set<NodeId>(sources);
  for (const id of ids) if (graph.node(id).inputs.some((input) => dependent.has(input))) dependent.add(id);
  const needed = new Set<NodeId>([next]);
  for (const id of ids.toReversed())
    if (needed.has(id)) for (const input of graph.node(id).inputs) needed.add(input);
  const isSource = new Set(sources);
  return ids.filter((id) => dependent.has(id) && needed.has(id) && !isSource.has(id));
}

function inStep(type: TensorType): TensorType {
  return type.rows.kind === "once" ? type : { ...type, rows: STEP };
}
