// Makes the program that training runs from the forward Graph: the whole step (loss, gradients, dense
// optimizer, moving averages) as one Graph, and a Graph that predicts.

import { differentiate } from "../autodiff/differentiate.ts";
import { learnedSources } from "../autodiff/learned.ts";
import { GraphBuilder } from "../builder/builder.ts";
import { validate } from "../builder/validate.ts";
import { copyInto } from "../graph/copy.ts";
import type { Graph, Node, NodeId, ValidGraph } from "../graph/graph.ts";
import { nameOfSource } from "../graph/narrow.ts";
import { sizeOf } from "../graph/types.ts";
import { hoistFactors } from "../passes/hoist-factors.ts";
import { optimisingPasses, passes, runPasses, type WatchPasses } from "../passes/pipeline.ts";
import { type BatchCounts, projectDistinctRows } from "../passes/project-distinct-rows.ts";
import { simplifyGradients } from "../passes/simplify-gradients.ts";
import { servedNames } from "../training/channels.ts";
import { optimizerIndexOfWeight, optimizersIn, pullsAllRows } from "../training/parts.ts";
import type { Objective, TrainSettings } from "../training/settings.ts";
import { clipFactor } from "./clip-gradients.ts";
import { packedGradient, updateDense, type Weight } from "./dense-update.ts";
import { lossOf } from "./loss.ts";
import { followBatches } from "./moving-averages.ts";
import type { PackedWeight, TrainingProgram } from "./program.ts";

/** Run after nodes are added to an optimised Graph. */
const tidyingPasses = [passes.foldConstants, simplifyGradients, hoistFactors, passes.dropDeadNodes];

/**
 * `forward` has the outputs `logit.<channel>`, `own.<label>` and `auxiliary.<loss>`; see `TrainingProgram`
 * for the result. If the row counts of its batches are given, the step multiplies distinct rows of tables
 * where that saves work.
 */
export function trainingProgram(
  forward: Graph,
  objective: Objective,
  counts: BatchCounts | null = null,
): TrainingProgram {
  const optimised = runPasses(forward, optimisingPasses);
  const training = runPasses(optimised, [passes.trainingValues, passes.dropDeadNodes]);
  const trained = counts === null ? training : projectDistinctRows(training, counts);
  const { step, weights } = stepGraph(trained, objective);
  return {
    step: validate(step),
    predict: validate(predictGraph(optimised, objective)),
    settings: objective.train,
    tables: tablesIn(optimised),
    weights,
  };
}

/** Only `TrainingProgram.predict`, for programs that train nothing. */
export function predictionProgram(forward: Graph, objective: Objective, watch?: WatchPasses): ValidGraph {
  return validate(predictGraph(runPasses(forward, optimisingPasses, new Set(), watch), objective, watch));
}

/** The names of the tables whose rows a Graph reads. */
export function tablesIn({ nodes }: Graph): readonly string[] {
  return nodes.filter((node) => node.op === "table").map((node) => nameOfSource(node));
}

/** The program of an engine that only predicts: its `step` is the prediction too. */
export function predictingOnly(predict: ValidGraph, { train }: Pick<Objective, "train">): TrainingProgram {
  return { step: predict, predict, settings: train, tables: [], weights: [] };
}

function predictGraph(forward: Graph, served: Objective, watch?: WatchPasses): Graph {
  const names = servedNames(served);
  const outputs = new Map([...forward.outputs].filter(([name]) => names.includes(name)));
  return runPasses({ ...forward, outputs }, [passes.freezeStatistics, ...tidyingPasses], new Set(), watch);
}

function stepGraph(
  forward: Graph,
  objective: Objective,
): { readonly step: Graph; readonly weights: readonly PackedWeight[] } {
  const graph = new GraphBuilder();
  for (const parameter of forward.parameters.values()) graph.declare(parameter);
  const copyOf = copyInto(graph, forward.nodes);
  const loss = lossOf(graph, objective, forward, copyOf);
  graph.output({ kind: "loss" }, loss);

  const losses = [...forward.outputs].filter(([name]) => forward.roles.get(name)?.kind !== "output");
  const learned = learnedSources({ ...forward, outputs: new Map(losses) });
  const sources = forward.nodes.filter(
    (node) => isTrainable(node, forward, objective) && learned.has(nameOfSource(node)),
  );
  const trained = sources.map((node) => copyOf(node.id));
  const gradients = differentiate(graph, loss, trained);
  const { train } = objective;
  const weights: Weight[] = [];
  const tables = new Map<string, NodeId>();
  sources.forEach((node, i) => {
    const [value, name] = [trained[i]!, nameOfSource(node)];
    const gradient = gradients.get(value)!;
    if (node.op === "table") tables.set(name, pulled(graph, train, value, gradient));
    else weights.push({ ...forward.parameters.get(name)!, value, gradient });
  });
  const packs = optimizersIn(train).flatMap((_, place) => {
    const own = weights.filter(({ name }) => optimizerIndexOfWeight(train, name) === place);
    return own.length === 0 ? [] : [{ place, weights: own, gradient: packedGradient(graph, own) }];
  });
  const all = [...packs.map(({ gradient }) => gradient), ...tables.values()];
  const { clipNorm } = train;
  const factor = clipNorm === null || all.length === 0 ? null : clipFactor(graph, clipNorm, all);
  const clipped = (gradient: NodeId) =>
    factor === null ? gradient : graph.add("multiply", [gradient, factor], {});
  for (const [name, gradient] of tables) graph.output({ kind: "gradient", of: name }, clipped(gradient));
  for (const { place, weights, gradient } of packs)
    updateDense(graph, train, place, weights, clipped(gradient));
  followBatches(graph, forward, copyOf, train.average);
  const step = runPasses(graph.finish(), tidyingPasses);
  return {
    // A parameter that only an output reads does not change, but it has an initial value.
    step: { ...step, parameters: withOutputs(step, forward) },
    weights: packs.flatMap(({ place, weights }) =>
      weights.map(({ name, dims }) => ({ name, size: sizeOf(dims), place })),
    ),
  };
}

/** The gradient of a table, whose rows are all in a step if `l2` is for all of them. */
function pulled(graph: GraphBuilder, train: TrainSettings, values: NodeId, gradient: NodeId): NodeId {
  if (!pullsAllRows(train)) return gradient;
  const strength = graph.add("constant", [], { value: train.l2.tables, dims: [1] });
  return graph.add("add", [gradient, graph.add("multiply", [values, strength], {})], {});
}

/** The parameters of a step, and after them those that only outputs read. */
function withOutputs({ parameters }: Graph, { parameters: all, roles }: Graph): Graph["parameters"] {
  if (![...roles.values()].some(({ kind }) => kind === "output")) return parameters;
  return new Map([...parameters, ...[...all].filter(([name]) => !parameters.has(name))]);
}

/** Whether a node is a table that isn't frozen or a parameter that is a weight. */
function isTrainable(node: Node, { parameters }: Graph, { tables }: Objective): boolean {
  if (node.op === "table") return tables.get(nameOfSource(node))?.options.frozen !== true;
  return node.op === "parameter" && parameters.get(nameOfSource(node))!.role === "weight";
}
