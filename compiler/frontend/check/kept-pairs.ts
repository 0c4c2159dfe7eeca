// Pairs of steps that must be kept, where a history is too long for that.

import { tooManyKept } from "../../diagnostics/catalog/facing.ts";
import type { Graph } from "../../middle/graph/graph.ts";
import { keptPairs } from "../../middle/pairs/pairs.ts";
import type { Model } from "../model/model.ts";
import type { Reporter } from "../syntax/reporter.ts";
import { limits } from "../values/limits.ts";

/** Reports the first pairs of each history that are too many. `forward` is the model's Graph. */
export function reportKeptPairs({ net }: Model, forward: Graph, reporter: Reporter): void {
  for (const { axis, places, nodes } of keptPairs(forward)) {
    const [first] = nodes;
    if (places <= limits.keptPairs || first === undefined) continue;
    const { origin } = nodes.find((node) => node.origin !== null) ?? first;
    const facts = { axis, steps: places, most: limits.keptPairs, target: null };
    reporter.report(tooManyKept, facts, origin ?? net.span);
  }
}
