// The pass that makes a ranking program: a Graph over examples becomes one over a request and its candidates.
// Values that depend on user, context and histories alone have one row (or the request's steps) and are
// computed once.

import { invariant } from "../../common/internal-error.ts";
import { GraphBuilder } from "../builder/builder.ts";
import type { OpAttributes, OpName } from "../graph/attributes.ts";
import type { Graph, Node, NodeId } from "../graph/graph.ts";
import { perOf, type Rows } from "../graph/types.ts";

/**
 * Every value is known once (weights and values derived from them), for the request, or for each candidate,
 * depending on its inputs; `isCandidate` decides for inputs, by name. Where a request's value combines with a
 * candidate's, `repeat_candidates` gives it a row for each candidate: a history has T rows before that and N
 * × T rows after. Outputs have a row for each candidate, unless they depend on weights alone or
 * `isOfCandidates` excludes them.
 *
 * The candidates of a request become its steps of an axis: what each of them reads along the axis has one row for each candidate
 * instead of a copy for each pair.
 *
 * Otherwise `graph` must compute its rows independently of each other (`freeze-statistics` has run).
 */
export function toRequest(
  graph: Graph,
  isCandidate: (input: string) => boolean,
  isOfCandidates: (output: string) => boolean = () => true,
): Graph {
  const builder = new GraphBuilder();
  for (const parameter of graph.parameters.values()) builder.declare(parameter);
  const placed = new Map<NodeId, NodeId>();
  const at = (id: NodeId): NodeId => {
    const found = placed.get(id);
    invariant(found !== undefined, `node ${id} is used before it is made`);
    return found;
  };
  /** The same value with a row for each candidate. */
  const fannedOut = (id: NodeId, origin: Node["origin"]): NodeId =>
    perOf(builder.typeOf(id).rows) === "request" ? builder.add("repeat_candidates", [id], {}, origin) : id;

  for (const node of graph.nodes) {
    const inputs = node.inputs.map(at);
    if (readsCandidates(node, builder, inputs)) {
      const [x, places] = inputs;
      placed.set(node.id, builder.add("lookup", [fannedOut(x!, node.origin), places!], {}, node.origin));
      continue;
    }
    const meetsCandidates = inputs.some((id) => perOf(builder.typeOf(id).rows) === "candidate");
    placed.set(
      node.id,
      builder.add(
        node.op,
        meetsCandidates
          ? inputs.map((id, i) => (isShared(node, i) ? id : fannedOut(id, node.origin)))
          : inputs,
        attributesOf(node, isCandidate),
        node.origin,
      ),
    );
  }
  for (const [name, id] of graph.outputs)
    builder.outputAs(graph, name, isOfCandidates(name) ? fannedOut(at(id), null) : at(id));
  return builder.finish();
}

/** Tells whether a node reads the values of other candidates. */
function readsCandidates({ op }: Node, builder: GraphBuilder, inputs: readonly NodeId[]): boolean {
  const places = op === "lookup" ? builder.node(inputs[1]!) : null;
  return places?.op === "input" && places.attributes.role.kind === "candidates";
}

/** All candidates choose from the same steps, so these need no copy for each candidate. */
function isShared({ op }: Node, input: number): boolean {
  return op === "gather_steps" && input === 0;
}

/** Attributes that name rows, for ops without an input to take them from. */
function attributesOf(node: Node, isCandidate: (input: string) => boolean): OpAttributes[OpName] {
  switch (node.op) {
    case "input": {
      const { type, ...of } = node.attributes;
      // Ranking reads whole tables, so ids are fed unchanged.
      const role = of.role.kind === "ids" ? of.role.of : of.role;
      const name = of.role.kind === "ids" ? of.role.input : of.name;
      // Inputs over the values of a set are known when the set is.
      const known = type.rows.kind === "elements" ? type.rows.set : name;
      return { name, role, type: { ...type, rows: moved(type.rows, isCandidate(known)) } };
    }
    case "count_steps":
    case "gather_positions":
      return { ...node.attributes, per: "request" };
    case "sum_rows":
    case "count_rows":
    case "batch_mean":
    case "contract_rows":
    case "scatter_positions":
    case "sum_candidates":
      invariant(false, `${node.op} mixes the rows of a ranking program: its statistics are not frozen`);
      break;
    default:
      return node.attributes;
  }
}

function moved(rows: Rows, toCandidates: boolean): Rows {
  const per = toCandidates ? "candidate" : "request";
  switch (rows.kind) {
    case "once":
    case "table":
      return rows;
    case "each":
    case "steps":
      return { ...rows, per };
    case "elements":
      return { ...rows, of: { ...rows.of, per } };
  }
}
