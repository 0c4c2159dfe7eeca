// Describes the inputs of an ONNX model for generated code of every language: the values that are read from a
// request, and how they are fed.

import { InternalError } from "../../common/internal-error.ts";
import type { Padding } from "../../frontend/config/padding.ts";
import type { Model } from "../../frontend/model/model.ts";
import { validate } from "../../middle/builder/validate.ts";
import type { Graph, Node, NodeId, ValidGraph } from "../../middle/graph/graph.ts";
import {
  type EachRows,
  perOf,
  type Rows,
  type StepsRows,
  type TensorType,
} from "../../middle/graph/types.ts";
import { planProgram } from "../serving/planner.ts";
import { withParts } from "../typescript/crosses.ts";
import { type ReadInputs, readInputs } from "../typescript/read-inputs.ts";
import type { FedCount } from "./emit.ts";

export interface InputFacts {
  readonly model: Model;
  /** The values that are read, each once per request or once per candidate. */
  readonly read: ReadInputs;
  /** The inputs in their order; parts of crosses may be missing. */
  readonly fed: readonly FedInput[];
  readonly counts: readonly FedCount[];
}

export interface FedInput {
  readonly name: string;
  readonly dtype: TensorType["dtype"];
  /**
   * How values repeat: not at all, or once per candidate. Repeated row numbers continue from the last one.
   */
  readonly repeats: "nothing" | "values" | "rows";
  /** The rows that `repeats` numbers: those of a history's steps; null for a single row. */
  readonly rowsOf: string | null;
  /** The axes of the input. */
  readonly axes: readonly FedAxis[];
}

export type FedAxis =
  | number
  | { readonly kind: "candidates" }
  /** The steps of a history. */
  | { readonly kind: "steps"; readonly history: string }
  /** All values of sets, including repeated ones. */
  | { readonly kind: "values" };

/**
 * `graph` is the program from which the model was emitted. Its inputs, and `counts`, are the inputs of the
 * model.
 */
export function inputFacts(
  model: Model,
  graph: ValidGraph,
  counts: readonly FedCount[],
  padding: Padding | null,
): InputFacts {
  const plan = planProgram(withParts(model, inputsAsRead(model, graph)));
  const counted = counts.flatMap(({ of }) => (of.kind === "history" ? [of.name] : []));
  const histories = [...new Set([...plan.histories, ...counted])];
  return {
    model,
    read: readInputs(model, { ...plan, histories }, padding, false),
    fed: graph.nodes.filter(isInput).map(({ attributes: { name, type } }) => fedInput(model, name, type)),
    counts,
  };
}

function fedInput(model: Model, name: string, { rows, dims, dtype }: TensorType): FedInput {
  const isRepeated = perOf(rows) === "candidate" && perOf(rowsAsRead(model, name, rows)) === "request";
  const isRowNumber = rows.kind === "elements" && dtype === "i32" && name !== rows.set;
  return {
    ...{ name, dtype, axes: [...axesOf(rows), ...dims] },
    repeats: isRepeated ? (isRowNumber ? "rows" : "values") : "nothing",
    rowsOf: rows.kind === "elements" && rows.of.kind === "steps" ? rows.of.history : null,
  };
}

function axesOf(rows: Rows): FedAxis[] {
  const owner = perOf(rows) === "candidate" ? [{ kind: "candidates" } as const] : [];
  if (rows.kind === "elements") return [{ kind: "values" }];
  if (rows.kind === "steps") return [...owner, { kind: "steps", history: rows.history }];
  return owner.length === 0 ? [1] : owner;
}

/** A request gives each value once: per candidate if it is of items, else per request. */
function rowsAsRead(model: Model, name: string, rows: Rows): Rows {
  const ownRows = (input: string, own: EachRows | StepsRows): EachRows | StepsRows =>
    own.kind === "each" && model.features.get(input)?.scope === "item"
      ? { ...own, per: "candidate" }
      : { ...own, per: "request" };
  switch (rows.kind) {
    case "each":
    case "steps":
      return ownRows(name, rows);
    case "elements":
      return { ...rows, of: ownRows(rows.set, rows.of) };
    case "once":
    case "table":
      throw new InternalError(`${name} is fed by rows ${rows.kind}`);
  }
}

/** The inputs of a Graph as a Graph of their own, with the rows that a request gives. */
function inputsAsRead(model: Model, graph: ValidGraph): ValidGraph {
  const nodes: Node[] = [];
  const outputs = new Map<string, NodeId>();
  for (const node of graph.nodes.filter(isInput)) {
    const id = nodes.length as NodeId;
    const { name } = node.attributes;
    const type = { ...node.type, rows: rowsAsRead(model, name, node.type.rows) };
    nodes.push({ ...node, id, type, attributes: { ...node.attributes, type } });
    outputs.set(name, id);
  }
  const inputs: Graph = { nodes, parameters: new Map(), outputs, roles: new Map(), updates: new Map() };
  return validate(inputs);
}

/** An input of the model: the numbers of all candidates are computed. */
function isInput(node: Node): node is Node<"input"> {
  return node.op === "input" && node.attributes.role.kind !== "candidates";
}
