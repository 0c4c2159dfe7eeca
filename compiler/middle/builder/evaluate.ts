// Runs a Graph by the ops' references in f64. Every back end and every pass is compared with it.

import { invariant } from "../../common/internal-error.ts";
import { appendTo } from "../../common/maps.ts";
import { definitionIn, type ReferenceValue, type RowLayout } from "../graph/define-op.ts";
import type { Graph, Node, NodeId } from "../graph/graph.ts";
import { ops } from "../ops/registry.ts";
import { lengthOf } from "../ops/support/references.ts";

const NONE = new Float64Array(0);

/** Values by name, row-major. */
export type NamedValues = Readonly<Record<string, ArrayLike<number>>>;

export interface Feeds {
  readonly inputs: NamedValues;
  readonly parameters: NamedValues;
  readonly tables: NamedValues;
}

export interface ReferenceResults {
  readonly outputs: ReadonlyMap<string, ReferenceValue>;
  readonly updates: ReadonlyMap<string, ReferenceValue>;
}

export function evaluate(graph: Graph, feeds: Feeds, layout: RowLayout): ReferenceResults {
  const values = valuesOf(graph, feeds, layout, lastReaders(graph));
  const named = (ids: ReadonlyMap<string, NodeId>) =>
    new Map([...ids].map(([name, id]) => [name, values[id]!]));
  return { outputs: named(graph.outputs), updates: named(graph.updates) };
}

/** By node, the values that nothing reads after it. */
function lastReaders({ nodes, outputs, updates }: Graph): ReadonlyMap<NodeId, readonly NodeId[]> {
  const read = new Set<NodeId>([...outputs.values(), ...updates.values()]);
  const last = new Map<NodeId, NodeId[]>();
  for (const { id, inputs } of nodes.toReversed())
    for (const input of inputs) {
      if (!read.has(input)) appendTo(last, id, input);
      read.add(input);
    }
  return last;
}

/** The values of all nodes, in the order of the nodes. */
export function evaluateNodes(graph: Graph, feeds: Feeds, layout: RowLayout): readonly ReferenceValue[] {
  return valuesOf(graph, feeds, layout, new Map());
}

/** Forgets values after the last node that reads them. */
function valuesOf(
  graph: Graph,
  feeds: Feeds,
  layout: RowLayout,
  last: ReadonlyMap<NodeId, readonly NodeId[]>,
): readonly ReferenceValue[] {
  const values: ReferenceValue[] = [];
  for (const node of graph.nodes) {
    const value = sourceValue(node, feeds) ?? compute(node, graph, values, layout);
    const length = lengthOf(node.type, layout);
    invariant(
      value.length === length,
      `node ${node.id} (${node.op}) has ${value.length} numbers, not ${length}`,
    );
    values.push(value);
    for (const id of last.get(node.id) ?? []) values[id] = NONE;
  }
  return values;
}

function compute(
  node: Node,
  graph: Graph,
  values: readonly ReferenceValue[],
  layout: RowLayout,
): ReferenceValue {
  const definition = definitionIn(ops, node.op);
  const context = {
    attributes: node.attributes,
    inputs: node.inputs.map((input) => graph.nodes[input]!.type),
    output: node.type,
  };
  return definition.reference(
    node.inputs.map((input) => values[input]!),
    context,
    layout,
  );
}

/** The value fed for a source; null for a node that computes. */
function sourceValue(node: Node, feeds: Feeds): ReferenceValue | null {
  const from = { input: feeds.inputs, parameter: feeds.parameters, table: feeds.tables };
  if (node.op !== "input" && node.op !== "parameter" && node.op !== "table") return null;
  const { name } = node.attributes;
  const value = from[node.op][name];
  invariant(value !== undefined, `${node.op} ${name} is not fed`);
  // Sharing the array is safe: no reference changes its inputs.
  return value instanceof Float64Array ? value : Float64Array.from(value);
}
