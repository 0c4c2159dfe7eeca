// Runs a Graph by the ops' references in f64. Every back end and every pass is compared with it.

import { invariant } from "../../common/internal-error.ts";
import { definitionIn, type ReferenceValue, type RowLayout } from "../graph/define-op.ts";
import type { Graph, Node, NodeId } from "../graph/graph.ts";
import { ops } from "../ops/registry.ts";
import { lengthOf } from "../ops/support/references.ts";

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
  const values = evaluateNodes(graph, feeds, layout);
  const named = (ids: ReadonlyMap<string, NodeId>) =>
    new Map([...ids].map(([name, id]) => [name, values[id]!]));
  return { outputs: named(graph.outputs), updates: named(graph.updates) };
}

/** The values of all nodes, in the order of the nodes. */
export function evaluateNodes(graph: Graph, feeds: Feeds, layout: RowLayout): readonly ReferenceValue[] {
  const values: ReferenceValue[] = [];
  for (const node of graph.nodes) {
    const value = sourceValue(node, feeds) ?? compute(node, graph, values, layout);
    const length = lengthOf(node.type, layout);
    invariant(
      value.length === length,
      `node ${node.id} (${node.op}) has ${value.length} numbers, not ${length}`,
    );
    values.push(value);
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
