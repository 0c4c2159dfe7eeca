// Makes a ValidGraph, the only form that back ends accept. A Graph that fails the check is a mistake in dinc,
// so it throws.

import { InternalError, invariant } from "../../common/internal-error.ts";
import type { OpAttributes, OpName } from "../graph/attributes.ts";
import { definitionIn, type OpDefinition } from "../graph/define-op.ts";
import type { Graph, Node, NodeId, ValidGraph } from "../graph/graph.ts";
import { outputName } from "../graph/outputs.ts";
import { perOf, type Rows, type TensorType } from "../graph/types.ts";
import { ops } from "../ops/registry.ts";
import { describeType, sameDims, sameType } from "../ops/support/shapes.ts";

/**
 * Checks that nodes follow their inputs, that every type is the one of the op's shape rule, that parameters,
 * inputs, outputs and updates fit, and that the Graph is over examples or over a request and its candidates,
 * but not both.
 */
export function validate(graph: Graph): ValidGraph {
  graph.nodes.forEach((node, index) => {
    checkNode(graph, node, index);
  });
  checkInputs(graph);
  checkOutputs(graph);
  checkRows(graph);
  return graph as ValidGraph;
}

function checkNode(graph: Graph, node: Node, index: number): void {
  const where = `node ${index} (${node.op})`;
  invariant(node.id === index, `${where} has id ${node.id}`);
  const definition: OpDefinition<OpAttributes[OpName]> | undefined = definitionIn(ops, node.op);
  invariant(definition, `${where}: there is no such op`);
  for (const input of node.inputs)
    invariant(Number.isInteger(input) && 0 <= input && input < index, `${where} uses node ${input}`);
  const types = node.inputs.map((input) => graph.nodes[input]!.type);
  const type = derive(where, () => definition.shape(types, node.attributes));
  invariant(
    sameType(type, node.type),
    `${where} has type ${describeType(node.type)}, not ${describeType(type)}`,
  );
  if (node.op === "parameter") {
    const { name, dims } = node.attributes;
    const parameter = graph.parameters.get(name);
    invariant(parameter, `${where} reads ${name}, which is not declared`);
    invariant(sameDims(parameter.dims, dims), `${where} reads ${name} with other dims than declared`);
  }
}

function derive(where: string, rule: () => TensorType): TensorType {
  try {
    return rule();
  } catch (error) {
    throw error instanceof InternalError ? new InternalError(`${where}: ${error.message}`) : error;
  }
}

/** One name has one type. */
function checkInputs(graph: Graph): void {
  const types = new Map<string, TensorType>();
  for (const node of graph.nodes) {
    if (node.op !== "input" && node.op !== "table") continue;
    const name = `${node.op} ${node.attributes.name}`;
    const known = types.get(name);
    invariant(!known || sameType(known, node.type), `${name} is used with two types`);
    types.set(name, node.type);
  }
  for (const [name, parameter] of graph.parameters)
    invariant(name === parameter.name, `parameter ${parameter.name} is filed under ${name}`);
}

function checkOutputs(graph: Graph): void {
  const typeOf = (what: string, id: NodeId): TensorType => {
    const node = graph.nodes[id];
    invariant(node, `${what} is node ${id}, which does not exist`);
    return node.type;
  };
  for (const [name, id] of graph.outputs) typeOf(`output ${name}`, id);
  for (const [name, role] of graph.roles)
    invariant(name === outputName(role), `an output of the role ${outputName(role)} is called ${name}`);
  for (const [name, id] of graph.updates) {
    const type = typeOf(`the update of ${name}`, id);
    const parameter = graph.parameters.get(name);
    invariant(parameter, `${name} is updated but not declared`);
    const wanted: TensorType = { rows: { kind: "once" }, dims: parameter.dims, dtype: "f32" };
    invariant(
      sameType(type, wanted),
      `the update of ${name} is ${describeType(type)}, not ${describeType(wanted)}`,
    );
  }
}

function checkRows(graph: Graph): void {
  let first: { readonly space: string; readonly id: NodeId } | null = null;
  for (const node of graph.nodes) {
    const rows: Rows = node.op === "count_rows" ? node.attributes.rows : node.type.rows;
    const per = perOf(rows);
    if (per === null) continue;
    const space = per === "example" ? "examples" : "a request";
    first ??= { space, id: node.id };
    invariant(
      space === first.space,
      `node ${node.id} is over ${space}, node ${first.id} over ${first.space}`,
    );
  }
}
