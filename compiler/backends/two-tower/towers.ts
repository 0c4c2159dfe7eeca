// Splits a prediction into a user tower and an item tower: two Graphs whose vectors have the logit as their
// inner product. If the network mixes both in another way, the result names the node.

import { invariant } from "../../common/internal-error.ts";
import type { Span } from "../../common/source-file.ts";
import type { Model } from "../../frontend/model/model.ts";
import { GraphBuilder } from "../../middle/builder/builder.ts";
import { validate } from "../../middle/builder/validate.ts";
import type { OpAttributes } from "../../middle/graph/attributes.ts";
import { copyInto } from "../../middle/graph/copy.ts";
import type { Graph, Node, NodeId, ValidGraph } from "../../middle/graph/graph.ts";
import { outputNames } from "../../middle/graph/outputs.ts";
import { dropDeadNodes } from "../../middle/passes/drop-dead-nodes.ts";
import { inputName } from "../../middle/programs/program.ts";
import { type Half, type Products, productsOf, type TowerTerm } from "./products.ts";

/** The output of both Graphs. */
export const VECTOR = "vector";

export interface Towers {
  /** Over example rows: the user's vector, [width], from the user, the context and the histories. */
  readonly user: ValidGraph;
  /** The item's vector likewise. */
  readonly item: ValidGraph;
  readonly width: number;
}

/** Why there are no towers. */
export type NoTowers =
  /** The logit depends only on one side, or on neither: `on`. */
  | { readonly kind: "one side"; readonly on: "user" | "item" | "neither" }
  /** A node mixes both; `span` is its location, if known. */
  | { readonly kind: "mixed"; readonly op: string; readonly span: Span | null };

export type TowerSplit = { readonly towers: Towers } | { readonly towers: null; readonly why: NoTowers };

/** The sides that a value depends on. */
type Side = "none" | "user" | "item" | "both";

/** `predict` has the logit of `label`, over example rows (`TrainingProgram.predict`). */
export function split(model: Model, predict: ValidGraph, label: string): TowerSplit {
  const name = outputNames.logit(label);
  const logit = predict.outputs.get(name);
  invariant(logit !== undefined, `no logit of ${label}`);
  const graph = dropDeadNodes({ ...predict, outputs: new Map([[name, logit]]) });
  const builder = new GraphBuilder();
  for (const parameter of graph.parameters.values()) builder.declare(parameter);
  const sides = sidesOf(model, graph);
  // Copies nodes that depend on both too; nothing will need them.
  const copyOf = copyInto(builder, graph.nodes);
  const products = new Map<NodeId, Products>();
  const inputOf = (id: NodeId): Products =>
    products.get(id) ?? alone(graph.nodes[id]!, sides[id]!, copyOf(id));
  for (const node of graph.nodes) {
    if (sides[node.id] !== "both") continue;
    const found = productsOf(builder, node, node.inputs.map(inputOf), node.inputs.map(copyOf));
    if (found === null) return { towers: null, why: { kind: "mixed", op: node.op, span: node.origin } };
    products.set(node.id, found);
  }
  const last = graph.outputs.get(name)!;
  const side = sides[last]!;
  if (side !== "both")
    return { towers: null, why: { kind: "one side", on: side === "none" ? "neither" : side } };
  const { terms } = inputOf(last);
  invariant(terms !== null, "a logit isn't a list of parts");
  return { towers: towersOf(builder, terms) };
}

/** A value that depends on at most one of the two. */
function alone({ type: { dims } }: Node, side: Side, id: NodeId): Products {
  const term: TowerTerm = side === "item" ? { user: null, item: id } : { user: id, item: null };
  return { width: dims.at(-1) ?? 1, terms: [term] };
}

function sidesOf(model: Model, graph: Graph): Side[] {
  const sides: Side[] = [];
  for (const { op, attributes, type, inputs } of graph.nodes) {
    let side = inputs.map((id) => sides[id]!).reduce(joined, "none");
    if (op === "input") side = sideOf(model, attributes);
    const { rows } = type;
    // Steps belong to the user, whatever they hold.
    if (rows.kind === "steps" || (rows.kind === "elements" && rows.of.kind === "steps"))
      side = joined(side, "user");
    sides.push(side);
  }
  return sides;
}

function joined(a: Side, b: Side): Side {
  if (a === "none" || a === b) return b;
  return b === "none" ? a : "both";
}

function sideOf(model: Model, { name, role, type: { rows } }: OpAttributes["input"]): Side {
  // Inputs over the values of a set are known when the set is.
  const known = rows.kind === "elements" ? rows.set : role.kind === "feature" ? inputName(role) : name;
  return model.features.get(known)?.scope === "item" ? "item" : "user";
}

/** Concatenates the halves of the terms; a term of one side has a 1 on the other. */
function towersOf(builder: GraphBuilder, terms: readonly TowerTerm[]): Towers {
  const rowsOf = (half: NodeId) => builder.typeOf(half).rows.kind;
  const widthOf = (half: NodeId) => builder.typeOf(half).dims[0]!;
  const total = (half: NodeId) => (widthOf(half) === 1 ? half : builder.add("sum_width", [half], {}));
  const sum = (halves: readonly NodeId[]): Half =>
    halves.length === 0 ? null : halves.reduce((a, b) => builder.add("add", [a, b], {}));
  const [users, items]: [NodeId[], NodeId[]] = [[], []];
  const [ofUser, ofItem]: [NodeId[], NodeId[]] = [[], []];
  for (const { user, item } of terms) {
    if (item === null) ofUser.push(total(user!));
    else if (user === null) ofItem.push(total(item));
    else if (rowsOf(user) === "once") ofItem.push(total(builder.add("multiply", [user, item], {})));
    else if (widthOf(user) === widthOf(item)) {
      users.push(user);
      items.push(item);
    } else {
      users.push(widthOf(user) === 1 ? user : total(user));
      items.push(widthOf(item) === 1 ? item : total(item));
    }
  }
  const one = builder.add("constant", [], { value: 1, dims: [1] });
  const itemAlone = sum(ofItem);
  const userAlone = sum(ofUser);
  if (itemAlone !== null) {
    users.push(one);
    items.push(itemAlone);
  }
  if (userAlone !== null) {
    users.push(userAlone);
    items.push(one);
  }
  const vector = (halves: readonly NodeId[]) => builder.add("concat", halves, { dim: 0 });
  const [user, item] = [vector(users), vector(items)];
  const graph = builder.finish();
  const only = (id: NodeId) => validate(dropDeadNodes({ ...graph, outputs: new Map([[VECTOR, id]]) }));
  return { user: only(user), item: only(item), width: builder.typeOf(user).dims[0]! };
}
