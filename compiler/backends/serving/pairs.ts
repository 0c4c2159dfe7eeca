// Sums over pairs of steps in a ranking program. No buffer holds pairs: code computes them a few queries at a time, and a
// TypeScript module with ordinary kernels, for one step of the queries after the other.

import { invariant } from "../../common/internal-error.ts";
import type { Node, NodeId, ValidGraph } from "../../middle/graph/graph.ts";
import { neededNodes } from "../../middle/graph/needed.ts";
import { sizeOf, type TensorType } from "../../middle/graph/types.ts";
import { stepsOf } from "../../middle/ops/repeat.op.ts";
import { eachOf } from "../../middle/ops/support/shapes.ts";
import { type FacedSteps, facedSteps } from "../../middle/pairs/facing.ts";
import { OF_REQUESTS, pairsOf } from "../../middle/pairs/pairs.ts";
import type { PairValue, SummedPairs } from "../../middle/pairs/values.ts";
import { loweringOf } from "../contract/lowering.ts";
import { count, input, number, output } from "./kernel-calls.ts";
import { call, type KernelArgument, type KernelCall, type KernelStep } from "./lowering.ts";
import { lowerings } from "./lowerings/index.ts";

/** The nodes of a ranking program that are computed. */
export interface RankingNodes {
  /**
   * In topological order. The inputs of a sum over pairs are the values from which its pairs are computed, and those of faced
   * steps the steps.
   */
  readonly nodes: readonly Node[];
  readonly values: readonly PairValue[];
  readonly sums: ReadonlyMap<NodeId, PairsOfSum>;
  readonly faced: ReadonlyMap<NodeId, FacedSteps>;
}

export interface PairsOfSum {
  readonly summed: SummedPairs;
  /** The nodes of the pairs, and the sum, in topological order. */
  readonly parts: readonly Node[];
}

export function rankingNodes(graph: ValidGraph): RankingNodes {
  const needed = neededNodes(graph);
  const pairs = pairsOf(graph, needed, OF_REQUESTS);
  const sums = new Map<NodeId, PairsOfSum>();
  const faced = new Map<NodeId, FacedSteps>();
  const reading = needed.map((node): Node => {
    const summed = pairs.sums.get(node.id);
    if (summed !== undefined) {
      const { parts, inputs } = partsOf(node, graph, pairs.parts);
      sums.set(node.id, { summed, parts });
      return { ...node, inputs };
    }
    const steps = facedSteps(node, graph);
    if (steps === null) return node;
    faced.set(node.id, steps);
    return { ...node, inputs: [steps.x] };
  });
  const read = new Set<NodeId>(graph.outputs.values());
  for (const node of reading.toReversed()) if (read.has(node.id)) for (const id of node.inputs) read.add(id);
  return { nodes: reading.filter(({ id }) => read.has(id)), values: pairs.values, sums, faced };
}

/** The pairs that a sum is computed from, and what they are computed from. */
function partsOf(
  sum: Node,
  { nodes }: ValidGraph,
  all: ReadonlySet<NodeId>,
): { readonly parts: readonly Node[]; readonly inputs: readonly NodeId[] } {
  const parts = new Map<NodeId, Node>([[sum.id, sum]]);
  const inputs = new Set<NodeId>();
  for (const part of parts.values())
    for (const id of part.inputs)
      if (all.has(id)) parts.set(id, nodes[id]!);
      else inputs.add(id);
  return { parts: [...parts.values()].toSorted((a, b) => a.id - b.id), inputs: [...inputs] };
}

/** The steps of each row as a list, the latest first. */
export function facedCall({ steps, places }: FacedSteps, { type }: Node): KernelStep {
  const width = number(sizeOf(type.dims.slice(1)));
  return call("facedSteps", output, input(0), count(eachOf(steps)), count(steps), number(places), width);
}

/** A loop over the queries, in which each value of pairs is one of the query's keys. */
export function loopOverQueries(
  { parts }: PairsOfSum,
  { id, type, inputs }: Node,
  { nodes }: ValidGraph,
): KernelStep {
  const over = stepsOf(type);
  const scratch: TensorType[] = [];
  const calls: KernelCall[] = [];
  const known = new Map<NodeId, KernelArgument>();
  const fresh = (of: NodeId, atStep: TensorType): KernelArgument => {
    scratch.push(atStep);
    const argument = { kind: "scratch", index: scratch.length - 1 } as const;
    known.set(of, argument);
    return argument;
  };
  for (const [place, of] of inputs.entries()) {
    const { rows, dims, dtype } = nodes[of]!.type;
    if (rows.kind !== "steps") {
      known.set(of, input(place));
      continue;
    }
    const each = eachOf(rows);
    const step = fresh(of, { rows: each, dims, dtype });
    calls.push({
      kernel: "takeStep",
      arguments: [step, input(place), count(each), count(rows), { kind: "time" }, number(sizeOf(dims))],
    });
  }
  const atStep = (given: TensorType): TensorType =>
    given.rows.kind === "steps" ? { ...given, rows: eachOf(given.rows) } : given;
  for (const part of parts) {
    // The list of the row is that of each of its steps.
    if (part.op === "repeat") {
      known.set(part.id, known.get(part.inputs[0]!)!);
      continue;
    }
    const lowered = loweringOf(
      lowerings,
      part.op,
    )({
      attributes: part.attributes,
      inputs: part.inputs.map((each) => atStep(nodes[each]!.type)),
      output: atStep(part.type),
    });
    invariant(lowered.kind === "calls", `${part.op} of pairs is ${lowered.kind}`);
    const operands = part.inputs.map((each) => known.get(each)!);
    const result = fresh(part.id, atStep(part.type));
    const atQuery = (argument: KernelArgument): KernelArgument =>
      argument.kind === "input" ? operands[argument.index]! : argument.kind === "output" ? result : argument;
    for (const { kernel, arguments: given } of lowered.calls)
      calls.push({ kernel, arguments: given.map(atQuery) });
  }
  calls.push({
    kernel: "writeStep",
    arguments: [
      output,
      known.get(id)!,
      count(eachOf(over)),
      count(over),
      { kind: "time" },
      number(sizeOf(type.dims)),
    ],
  });
  return { kind: "loop", over, reverse: false, scratch, first: [], calls };
}
