// The cost of an event for a session, by the parts of the spec.

import { definitionIn } from "../../middle/graph/define-op.ts";
import type { Node, NodeId, ValidGraph } from "../../middle/graph/graph.ts";
import type { Rows, TensorType } from "../../middle/graph/types.ts";
import { ops } from "../../middle/ops/registry.ts";
import { numbersIn } from "../../middle/ops/support/flops.ts";
import type { AppendCost } from "../contract/emitted.ts";
import { type AppendedValue, type AppendWay, appendedValues } from "../serving/appended-values.ts";
import type { ValueNames } from "./value-names.ts";

type Values = ReadonlyMap<NodeId, AppendedValue>;

/** The cost of an event of each history. */
export function appendCosts(
  histories: readonly string[],
  graph: ValidGraph,
  names: ValueNames,
): readonly AppendCost[] {
  const computed = appendedValues(graph, names.plan);
  return histories.map((history) => {
    const parts = (...ways: readonly AppendWay[]) =>
      partsOf(history, names, computed, ({ way }) => ways.includes(way));
    return {
      history,
      alone: parts("step"),
      untilFull: parts("prefix", "state", "causal"),
      whole: parts("whole"),
      costly: partsOf(history, names, computed, ({ node, way }) => way === "whole" && isCostly(graph, node)),
    };
  });
}

/** Values that an event of the history changes, by the parts of the spec, with their ops. */
function partsOf(
  history: string,
  names: ValueNames,
  computed: Values,
  isPart: (value: AppendedValue) => boolean,
): string[] {
  const found = new Map<string, Set<string>>();
  for (const value of computed.values()) {
    const { node, histories } = value;
    if (!histories.has(history) || !isPart(value)) continue;
    const part = names.partOf(node.origin)?.name ?? history;
    found.set(part, (found.get(part) ?? new Set()).add(node.op));
  }
  return [...found].map(([part, ops]) => `${part} (${[...ops].join(", ")})`);
}

/**
 * An op takes much of a request if it takes more operations than this for each of its numbers, or for each number of the steps
 * that it reads, at `STEPS` steps.
 */
const CHEAP = 8;
const STEPS = 100;

function isCostly({ nodes }: ValidGraph, { op, attributes, type, inputs }: Node): boolean {
  const count = ({ kind }: Rows) => (kind === "steps" || kind === "elements" ? STEPS : 1);
  const types = inputs.map((id) => nodes[id]!.type);
  const flops = definitionIn(ops, op).flops({ attributes, inputs: types, output: type }, count);
  const isOfSteps = ({ rows }: TensorType) => rows.kind === "steps";
  // Pairs of steps may be a list of the request, as long as its history may be.
  const numbers = (isOfSteps(type) ? [type] : types.filter(isOfSteps)).map((each) => numbersIn(each, count));
  return numbers.length > 0 && flops > CHEAP * numbers.reduce((sum, each) => sum + each, 0);
}
