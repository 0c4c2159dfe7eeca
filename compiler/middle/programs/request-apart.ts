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
}

/** `ranking` with the outputs that `isScore` accepts; `computed` are the nodes that a plan of `ranking` computes. */
export function requestApart(
  ranking: ValidGraph,
  computed: readonly Node[],
  isScore: (name: string, id: NodeId) => boolean,
): RequestApart {
  const ofRequest = growthOf(ranking);
  const scores = new Map([...ranking.outputs].filter(([name, id]) => isScore(name, id)));
  const needed = neededNodes({ ...ranking, outputs: scores });
  const read = new Set([
    ...needed.filter(({ id }) => !ofRequest.has(id)).flatMap(({ inputs }) => inputs),
    ...scores.values(),
  ]);
  for (const id of read) if (!ofRequest.has(id)) read.delete(id);
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
  return { graph: validate({ ...ranking, nodes, outputs, roles: new Map() }), read };
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
