// The part of a ranking program that candidates need, if other code computes the values of the request.

import { validate } from "../builder/validate.ts";
import type { Node, NodeId, ValidGraph } from "../graph/graph.ts";
import { neededNodes } from "../graph/needed.ts";
import { perOf } from "../graph/types.ts";
import { growthOf } from "./growth.ts";
import { inputOf } from "./program.ts";

export interface RequestApart {
  /**
   * Values of the request that candidates read are inputs. All nodes keep their ids, and values that follow from weights
   * alone are outputs, so that a plan has the same ones.
   */
  readonly graph: ValidGraph;
  /** These values, and the outputs of the request. */
  readonly read: ReadonlySet<NodeId>;
  /** Whether no value of the request is left to compute. */
  readonly isWhole: boolean;
}

/**
 * `ranking` with the outputs that `isScore` accepts. `computed` are the nodes that a plan of `ranking` computes; others are parts
 * of pairs of steps, which each plan computes by itself.
 */
export function requestApart(
  ranking: ValidGraph,
  computed: readonly Node[],
  isScore: (name: string, id: NodeId) => boolean,
): RequestApart {
  const ofRequest = growthOf(ranking);
  const scores = new Map([...ranking.outputs].filter(([name, id]) => isScore(name, id)));
  const needed = neededNodes({ ...ranking, outputs: scores });
  const isComputed = new Set(computed.map(({ id }) => id));
  const isGiven = (id: NodeId) => ofRequest.has(id) && isComputed.has(id);
  const open = new Set([
    ...scores.values(),
    ...needed.flatMap(({ id, inputs }) => (ofRequest.has(id) ? [] : inputs)),
  ]);
  const read = new Set<NodeId>();
  let isWhole = true;
  for (const id of open) {
    if (isGiven(id)) read.add(id);
    else if (ofRequest.has(id)) {
      isWhole = false;
      for (const input of ranking.nodes[id]!.inputs) open.add(input);
    }
  }
  const nodes = ranking.nodes.map((node): Node => (read.has(node.id) ? givenBy(node) : node));
  const outputs = new Map(scores);
  for (const node of computed) {
    if (perOf(node.type.rows) !== null) continue;
    const product = node.op === "matmul" && node.type.rows.kind === "table";
    if (!product) outputs.set(`weights/${node.id}`, node.id);
    // A table's product is projected if lookups alone read it, so a lookup takes its place.
    else if (!needed.some(({ id, inputs }) => inputs.includes(node.id) && !ofRequest.has(id))) {
      const reader = ranking.nodes.find(({ inputs }) => inputs.includes(node.id))!;
      const id = nodes.length as NodeId;
      nodes.push({ ...reader, id });
      outputs.set(`weights/${node.id}`, id);
    }
  }
  return { graph: validate({ ...ranking, nodes, outputs, roles: new Map() }), read, isWhole };
}

function givenBy(node: Node): Node {
  if (node.op === "input") return node;
  const { id, type, origin } = node;
  return {
    id,
    type,
    origin,
    op: "input",
    inputs: [],
    attributes: inputOf({ kind: "computed", of: `${id}` }, type),
  };
}
