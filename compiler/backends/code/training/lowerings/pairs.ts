// Sums over pairs of steps, and the steps that others face.

import type { Node } from "../../../../middle/graph/graph.ts";
import { sizeOf } from "../../../../middle/graph/types.ts";
import { eachOf } from "../../../../middle/ops/support/shapes.ts";
import type { FacedSteps } from "../../../../middle/pairs/facing.ts";
import { faced, facedBack } from "../../kernels/facing.ts";
import { sumsOfPairs } from "../../kernels/pairs.ts";
import { PARAMETERS, type UnitContext } from "../context.ts";
import { isReduction } from "../domains.ts";
import type { OpSite } from "../lowering.ts";
import { planOf } from "../pair-plans.ts";

/** Computes sums over the same pairs. */
export function pairs(c: UnitContext, nodes: readonly Node[], site: Pick<OpSite, "scratch">): void {
  const { f, reads } = c;
  const { graph } = reads;
  const { queries, keys, places } = reads.pairs.sums.get(nodes[0]!.id)!;
  const plan = planOf(nodes, reads);
  sumsOfPairs(f, {
    ...{ plan, examples: c.count(eachOf(queries)), places },
    queries: { kind: "starts", at: c.starts(queries) },
    keys: { kind: "starts", at: c.starts(keys) },
    at: (node) => c.value(node),
    widthOf: (node) => graph.nodes[node]!.type.dims.at(-1)!,
    out: nodes.map((node) => (isReduction(node, graph) ? c.partial(node.id) : c.value(node.id))),
    first: f.parameter(PARAMETERS.first),
    scratch: plan.rows.map((_, place) => site.scratch(place)),
  });
}

/** Copies steps to a list, or the gradient of the list back to the steps. */
export function facedOrBack(c: UnitContext, node: Node, { x, steps, places }: FacedSteps): void {
  const copied = node.op === "attention" ? faced : facedBack;
  copied(c.f, {
    ...{ out: c.value(node.id), x: c.value(x), rows: c.count(eachOf(steps)), places },
    steps: { kind: "starts", at: c.starts(steps) },
    width: sizeOf(node.op === "attention" ? node.type.dims.slice(1) : node.type.dims),
  });
}
