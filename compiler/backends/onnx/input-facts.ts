// Describes the inputs of an ONNX model for generated code of every language: the raw values that they are
// read from, and how they are fed.

import { InternalError } from "../../common/internal-error.ts";
import { type Fillings, fillingsOf, type Padding } from "../../frontend/config/padding.ts";
import type { Feature, History, Model } from "../../frontend/model/model.ts";
import { validate } from "../../middle/builder/validate.ts";
import type { Graph, Node, NodeId, ValidGraph } from "../../middle/graph/graph.ts";
import type { TensorType } from "../../middle/graph/types.ts";
import { planProgram } from "../serving/planner.ts";
import { withParts } from "../typescript/crosses.ts";
import {
  type BoundInput,
  bindInputs,
  type CrossInput,
  crossInputs,
  readHistories,
  type ServedInput,
  type StepTimes,
  servedInputs,
  stepTimesOf,
} from "../typescript/schema.ts";
import type { FedCount } from "./emit.ts";

export interface InputFacts {
  readonly model: Model;
  /** The inputs in their order; parts of crosses may be missing. */
  readonly fed: readonly FedInput[];
  /** Inputs that are read from raw values. */
  readonly bound: readonly BoundInput[];
  readonly crosses: readonly CrossInput[];
  readonly served: readonly ServedInput[];
  /** The features in `bound`, each once. */
  readonly features: readonly Feature[];
  readonly counts: readonly FedCount[];
  readonly times: StepTimes | null;
  /** The histories that are read or counted. */
  readonly histories: readonly History[];
  readonly fillings: Fillings;
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
  /** All values of a set, and whether they are repeated. */
  | { readonly kind: "values"; readonly repeated: boolean };

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
  const plan = planProgram(withParts(model, inputsOf(graph)));
  const bound = bindInputs(model, plan);
  const counted = counts.flatMap(({ of }) => (of.kind === "history" ? [of.name] : []));
  return {
    model,
    fed: graph.nodes.filter(isInput).map(({ attributes: { name, type } }) => fedInput(model, name, type)),
    bound,
    crosses: crossInputs(model, plan),
    served: servedInputs(model, plan),
    features: [...new Set(bound.map(({ feature }) => feature))],
    counts,
    times: stepTimesOf(model, bound),
    histories: readHistories(model, counted, bound),
    fillings: fillingsOf(padding, model.histories.keys()),
  };
}

function fedInput(model: Model, name: string, { rows, dims, dtype }: TensorType): FedInput {
  const fed = (repeats: FedInput["repeats"], ...axes: readonly FedAxis[]): FedInput => ({
    ...{ name, dtype, repeats, axes: [...axes, ...dims] },
    rowsOf: rows.kind === "elements" && rows.of.kind === "steps" ? rows.of.history : null,
  });
  const candidates = { kind: "candidates" } as const;
  const isOfItems = (input: string) => model.features.get(input)?.scope === "item";
  switch (rows.kind) {
    case "each":
      if (rows.per === "request") return fed("nothing", 1);
      return fed(isOfItems(name) ? "nothing" : "values", candidates);
    case "steps": {
      const steps = { kind: "steps", history: rows.history } as const;
      return rows.per === "request" ? fed("nothing", steps) : fed("values", candidates, steps);
    }
    case "elements": {
      const once = rows.of.per === "request" || (rows.of.kind === "each" && isOfItems(rows.set));
      const values = { kind: "values", repeated: !once } as const;
      return fed(once ? "nothing" : name === rows.set ? "values" : "rows", values);
    }
    case "once":
    case "table":
      throw new InternalError(`${name} is fed by rows ${rows.kind}`);
  }
}

/** The inputs of a Graph as a Graph of their own. */
function inputsOf(graph: ValidGraph): ValidGraph {
  const nodes: Node[] = [];
  const outputs = new Map<string, NodeId>();
  for (const node of graph.nodes) {
    if (!isInput(node)) continue;
    const id = nodes.length as NodeId;
    nodes.push({ ...node, id });
    outputs.set(node.attributes.name, id);
  }
  const inputs: Graph = { nodes, parameters: new Map(), outputs, roles: new Map(), updates: new Map() };
  return validate(inputs);
}

function isInput(node: Node): node is Node<"input"> {
  return node.op === "input";
}
