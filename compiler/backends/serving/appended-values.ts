// How the values of a request get the rows of new steps, and which values a session keeps for that, for sessions that take
// events.

import { invariant, unreachable } from "../../common/internal-error.ts";
import { appendTo } from "../../common/maps.ts";
import type { Node, NodeId, ValidGraph } from "../../middle/graph/graph.ts";
import { type GrowthKind, growthOf } from "../../middle/programs/growth.ts";
import { callsOf, type Plan, type PlannedArgument, type PlannedCall, type PlannedStep } from "./plan.ts";

/** How new rows of a value are computed: `state` continues a recurrence from its last row, `causal` attends to earlier keys. */
export type AppendWay = GrowthKind | "state" | "causal";

/** The calls that compute one value. */
export interface AppendedValue {
  readonly node: Node;
  readonly way: AppendWay;
  readonly histories: ReadonlySet<string>;
  readonly steps: readonly PlannedStep[];
  readonly reads: ReadonlySet<NodeId>;
}

/** How each computed value of the request gets the rows of new steps. */
export function appendedValues(graph: ValidGraph, plan: Plan): ReadonlyMap<NodeId, AppendedValue> {
  const growth = growthOf(graph);
  const byNode = new Map<NodeId, PlannedStep[]>();
  for (const step of [...plan.gathers.request, ...plan.calls.request]) appendTo(byNode, nodeOf(step), step);
  return new Map(
    [...byNode].map(([id, steps]) => {
      const { kind, histories } = growth.get(id)!;
      const node = graph.nodes[id]!;
      const reads = new Set(steps.flatMap(callsOf).flatMap(valuesOf));
      reads.delete(id);
      return [id, { node, histories, steps, reads, way: wayOf(node, kind, steps) }];
    }),
  );
}

function wayOf(node: Node, kind: GrowthKind, steps: readonly PlannedStep[]): AppendWay {
  if (kind === "fixed" || kind === "whole") return kind;
  const { op } = node;
  if (steps.some((step) => step.kind !== "call")) return op === "scan" ? "state" : "whole";
  // A copy of all steps costs little.
  if (op === "shift_steps") return "whole";
  return op === "attention" && node.type.dims.length === 1 && node.attributes.causal ? "causal" : kind;
}

/** The value that a step of the plan computes. */
export function nodeOf(step: PlannedStep): NodeId {
  // The first argument is written; that of a loop's last call but one, which copies the state, is the loop's value.
  const call =
    step.kind === "loop" ? step.calls.find(({ kernel }) => kernel === "writeStep") : callsOf(step)[0];
  const out = call?.arguments[0];
  invariant(out?.kind === "value", "a step of a plan without a value");
  return idOf(out);
}

/** The buffers of a loop's steps belong to the loop's value. */
export function idOf({ value }: PlannedArgument & { readonly kind: "value" }): NodeId {
  return Number.parseInt(value, 10) as NodeId;
}

export function valuesOf(call: PlannedCall): readonly NodeId[] {
  return call.arguments.flatMap((argument) => (argument.kind === "value" ? [idOf(argument)] : []));
}

/** Values that candidates read, or that an event reads before it computes all of their rows. */
export function savedValues(plan: Plan, computed: ReadonlyMap<NodeId, AppendedValue>): ReadonlySet<NodeId> {
  const saved = new Set<NodeId>();
  const read = new Set([...plan.gathers.candidate, ...plan.calls.candidate].flatMap(readBy));
  const outputs = new Set(
    plan.outputs.map(({ location }) => (location.kind === "slot" ? location.slot : null)),
  );
  for (const [id, { node, way, histories, reads }] of computed) {
    const isRead = read.has(id) || outputs.has(plan.kept.get(id)!);
    if (isRead || way === "state" || node.type.rows.kind === "each") saved.add(id);
    for (const other of reads) {
      const input = computed.get(other);
      if (input !== undefined && isReadLater(input, way, histories)) saved.add(other);
    }
  }
  return saved;
}

function readBy(step: PlannedStep): readonly NodeId[] {
  switch (step.kind) {
    case "call":
    case "loop":
      return callsOf(step).flatMap(valuesOf);
    case "fused":
      return [...step.fusion.leaves.values()].flatMap(({ id, ids }) => (ids === null ? [id] : [id, ids]));
    case "pairs":
      return [...step.leaves.keys()];
    default:
      return unreachable(step, "step");
  }
}

/** Tells whether an event reads rows of `input` that it does not compute. */
function isReadLater(input: AppendedValue, way: AppendWay, histories: ReadonlySet<string>): boolean {
  switch (input.way) {
    case "fixed":
    case "whole":
      return [...histories].some((each) => !input.histories.has(each));
    case "step":
      // Once the history is full, recurrences begin again at its first step.
      return way !== "step";
    case "prefix":
    case "state":
    case "causal":
      return way === "causal" || way === "whole";
    default:
      return unreachable(input.way, "way");
  }
}
