// Prints a Graph as text, one line a node, for people (`dinc compile --emit graph`). The text is stable, so
// its hash tells whether two Graphs compute the same. It leaves out the origins of nodes.

import type { ScanBody } from "../graph/attributes.ts";
import type { Graph, Initializer, Node } from "../graph/graph.ts";
import { type Rows, rowsKey } from "../graph/types.ts";
import { describeType } from "../ops/support/shapes.ts";

/**
 * Prints lines such as `%7 = matmul %5 %6 {transpose: false} : example×clicks [80] f32`, between the
 * parameters and the outputs.
 */
export function printGraph(graph: Graph): string {
  const lines = [
    ...[...graph.parameters.values()].map(
      ({ name, dims, init, role }) => `${role} ${name} [${dims.join(", ")}] = ${printInitializer(init)}`,
    ),
    ...graph.nodes.map(printNode),
    ...[...graph.outputs].map(([name, id]) => `output ${name} = %${id}`),
    ...[...graph.updates].map(([name, id]) => `update ${name} = %${id}`),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** The node's line of `printGraph`. */
export function printNode({ id, op, attributes, inputs, type }: Node): string {
  return `${printCall(id, op, attributes, inputs)} : ${describeType(type)}`;
}

function printCall(id: number, op: string, attributes: object, inputs: readonly number[]): string {
  const operands = inputs.map((input) => ` %${input}`).join("");
  // Omits what follows from the rest: a source's declared type is the node's type, and a role gives an input
  // its name.
  const shown = Object.entries(attributes).filter(([key]) => key !== "type" && key !== "role");
  const inBraces = shown.map(([key, value]) => `${key}: ${printValue(value)}`).join(", ");
  return `%${id} = ${op}${operands}${inBraces === "" ? "" : ` {${inBraces}}`}`;
}

function printValue(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return `[${value.join(", ")}]`;
  if (typeof value === "object" && value !== null && "kind" in value) return rowsKey(value as Rows);
  if (typeof value === "object" && value !== null && "nodes" in value) return printBody(value as ScanBody);
  return String(value);
}

/** Prints a body in one line: `(step [3], step [3]) { %2 = add %0 %1; %3 = tanh %2 } %3`. */
function printBody({ inputs, nodes, result }: ScanBody): string {
  const read = inputs.map(
    ({ rows, dims }) => `${rows.kind === "once" ? "once" : "step"} [${dims.join(", ")}]`,
  );
  const calls = nodes.map((node, i) => printCall(inputs.length + i, node.op, node.attributes, node.inputs));
  return `(${read.join(", ")}) { ${calls.join("; ")} } %${result}`;
}

function printInitializer(init: Initializer): string {
  switch (init.kind) {
    case "zeros":
      return "zeros";
    case "constant":
      return `constant ${init.value}`;
    case "glorot_normal":
      return `glorot_normal ${init.fanIn} ${init.fanOut}`;
    case "normal":
      return `normal ${init.deviation}`;
    case "uniform":
      return `uniform ${init.limit}`;
    case "label":
      return `learned from ${init.label}`;
  }
}
