// The ranking program of a model, which `dinc compile` emits and `dinc cost` counts.

import { validate } from "../builder/validate.ts";
import type { Graph, ValidGraph } from "../graph/graph.ts";
import { dropDeadNodes } from "../passes/drop-dead-nodes.ts";
import { passes, rankingPasses, runPasses, type WatchPasses } from "../passes/pipeline.ts";
import { projectTables, type TableSizes } from "../passes/project-tables.ts";
import { toRequest } from "../passes/request.ts";
import { servedNames } from "../training/channels.ts";
import type { Objective } from "../training/settings.ts";

/** The parts of a model that its ranking program needs; a checked Model has them. */
export interface Ranking extends Pick<Objective, "predictions" | "outputs"> {
  /** By the name of their input. */
  readonly features: ReadonlyMap<string, { readonly scope: string }>;
}

const requestPass = {
  name: "to-request",
  doc: "Examples become one request and its candidates: values that depend only on the user have one row and are computed once.",
};

/**
 * The logits and outputs of `predict` (`TrainingProgram.predict`) over a request and its candidates. Outputs of the
 * request, and all others, keep their rows. Skips passes whose names are in `without`. With `tables`, projects those that are worth
 * it.
 */
export function rankingProgram(
  model: Ranking,
  predict: ValidGraph,
  without: ReadonlySet<string> = new Set(),
  tables: TableSizes | null = null,
  watch?: WatchPasses,
): ValidGraph {
  const ofCandidates = model.outputs.filter(({ per }) => per === "candidate");
  const scores = new Set(servedNames({ predictions: model.predictions, outputs: ofCandidates }));
  const request = toRequest(
    predict,
    (input) => model.features.get(input)?.scope === "item",
    (output) => scores.has(output),
  );
  watch?.(requestPass, predict, request);
  const ranking = runPasses(request, rankingPasses, without, watch);
  return validate(tables === null ? ranking : dropDeadNodes(projectTables(ranking, tables)));
}

/**
 * The logits and outputs of `forward` (`lower`) in the form of a training export: nothing is optimised, and every input
 * is repeated for each candidate. It computes the same as the ranking program, so it shows what that one
 * saves.
 */
export function exportedProgram(model: Pick<Ranking, "predictions" | "outputs">, forward: Graph): ValidGraph {
  const names = servedNames(model);
  const outputs = new Map([...forward.outputs].filter(([name]) => names.includes(name)));
  const inference = [passes.freezeStatistics, passes.dropDeadNodes];
  return validate(toRequest(runPasses({ ...forward, outputs }, inference), () => true));
}
