// The passes by name, in the order in which they run. Each preserves the Graph's results (in f64 within
// 1e-10), except `freeze-statistics` and `training-values`, which make a Graph for inference and one for training,
// and `last-noise-alone`, whose Graph reads less noise.

import type { Graph } from "../graph/graph.ts";
import { dropDeadNodes } from "./drop-dead-nodes.ts";
import { foldAffine } from "./fold-affine.ts";
import { foldConstants } from "./fold-constants.ts";
import { freezeStatistics } from "./freeze-statistics.ts";
import { lastNoiseAlone } from "./last-noise-alone.ts";
import { lastStepAlone } from "./last-step-alone.ts";
import { layersBeforeSearch } from "./layers-before-search.ts";
import { productsOfRows } from "./products-of-rows.ts";
import { splitLinear } from "./split-linear.ts";
import { trainingValues } from "./training-values.ts";

export interface Pass {
  readonly name: string;
  /** One sentence. */
  readonly doc: string;
  readonly run: (graph: Graph) => Graph;
}

export const passes = {
  freezeStatistics: {
    name: "freeze-statistics",
    doc: "Batch statistics become their moving averages, dropout has no effect, and noise is its mean.",
    run: freezeStatistics,
  },
  trainingValues: {
    name: "training-values",
    doc: "Values that are others in predictions become those of training.",
    run: trainingValues,
  },
  foldConstants: {
    name: "fold-constants",
    doc: "Values that depend only on constants are computed at compile time, and neutral operations are removed.",
    run: foldConstants,
  },
  lastStepAlone: {
    name: "last-step-alone",
    doc: "If only the last step of a history with an appended candidate is needed, the others are not computed.",
    run: lastStepAlone,
  },
  lastNoiseAlone: {
    name: "last-noise-alone",
    doc: "If only the last step of a noise is needed, the others are not drawn.",
    run: lastNoiseAlone,
  },
  foldAffine: {
    name: "fold-affine",
    doc: "Several scalings and shifts of a value by weights become one product and one sum.",
    run: foldAffine,
  },
  splitLinear: {
    name: "split-linear",
    doc: "A linear layer over parts that are repeated or occur twice multiplies each part once, before it is repeated.",
    run: splitLinear,
  },
  layersBeforeSearch: {
    name: "layers-before-search",
    doc: "A linear layer over steps that candidates selected multiplies the whole history once for all candidates.",
    run: layersBeforeSearch,
  },
  productsOfRows: {
    name: "products-of-rows",
    doc: "Inner products of each candidate, or step, with each step are computed without a copy of either.",
    run: productsOfRows,
  },
  dropDeadNodes: {
    name: "drop-dead-nodes",
    doc: "Nodes that no output and no update needs are left out.",
    run: dropDeadNodes,
  },
} as const satisfies Record<string, Pass>;

/** The passes for a forward Graph before its gradients are added, and for one that only predicts or ranks. */
export const optimisingPasses: readonly Pass[] = [
  passes.foldConstants,
  passes.lastStepAlone,
  passes.lastNoiseAlone,
  passes.splitLinear,
  passes.dropDeadNodes,
];

/** The passes for a ranking Graph, whose weights are constant. */
export const rankingPasses: readonly Pass[] = [
  passes.foldConstants,
  passes.lastStepAlone,
  passes.layersBeforeSearch,
  passes.splitLinear,
  passes.foldAffine,
  passes.foldConstants,
  passes.productsOfRows,
  passes.dropDeadNodes,
];

/** Gets the Graph before and after each pass. */
export type WatchPasses = (pass: Pick<Pass, "name" | "doc">, before: Graph, after: Graph) => void;

/** Runs the passes in order, except those whose names are in `without`. */
export function runPasses(
  graph: Graph,
  sequence: readonly Pass[],
  without: ReadonlySet<string> = new Set(),
  watch: WatchPasses = () => {},
): Graph {
  return sequence
    .filter(({ name }) => !without.has(name))
    .reduce((current, pass) => {
      const after = pass.run(current);
      watch(pass, current, after);
      return after;
    }, graph);
}
