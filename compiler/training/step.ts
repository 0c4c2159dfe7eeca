// Makes the program that training runs: from the forward Graph the whole step (loss, gradients, dense optimizer, moving
// averages) as one Graph, and the Graph that predicts.

import { differentiate } from "../autodiff/differentiate.ts";
import { GraphBuilder } from "../graph/builder.ts";
import { type Graph, type Node, type NodeId, ONCE, type Parameter, sizeOf } from "../graph/graph.ts";
import { copyInto } from "../graph/rewrite.ts";
import { validate } from "../graph/validate.ts";
import type { Model, Optimizer } from "../model/model.ts";
import { optimisingPasses, passes, runPasses } from "../passes/pipeline.ts";
import { gatherFactors } from "./gather-factors.ts";
import { lightenGradients } from "./lighten-gradients.ts";
import { lossOf } from "./loss.ts";
import type { DenseContext } from "./optimizers/define-optimizer.ts";
import { optimizerOf } from "./optimizers/registry.ts";
import { inputNames, outputNames, type TrainingProgram } from "./program.ts";

/** Of the moving averages that stand for batch statistics: moving ← 0.99 · moving + 0.01 · batch. */
const MOMENTUM = 0.99;

/** After nodes were added to an optimised Graph. */
const tidyingPasses = [passes.foldConstants, lightenGradients, gatherFactors, passes.dropDeadNodes];

/** `forward` has the outputs `logit.<label>` and `auxiliary.<loss>`; what comes out is described at `TrainingProgram`. */
export function trainingProgram(forward: Graph, model: Model): TrainingProgram {
  const optimised = runPasses(forward, optimisingPasses);
  const tables = optimised.nodes.filter((node) => node.op === "table").map((node) => named(node).name);
  return {
    step: validate(stepGraph(optimised, model)),
    predict: validate(predictGraph(optimised, model)),
    settings: model.train,
    tables,
  };
}

function named(node: Node): { readonly name: string } {
  return node.attributes as { readonly name: string };
}

function predictGraph(forward: Graph, { predictions }: Model): Graph {
  const names = predictions.map(({ label }) => outputNames.logit(label));
  const outputs = new Map([...forward.outputs].filter(([name]) => names.includes(name)));
  return runPasses({ ...forward, outputs }, [passes.freezeStatistics, ...tidyingPasses]);
}

function stepGraph(forward: Graph, model: Model): Graph {
  const graph = new GraphBuilder();
  for (const parameter of forward.parameters.values()) graph.declare(parameter);
  const copyOf = copyInto(graph, forward.nodes);
  const loss = lossOf(graph, model, (output) => copyOf(forward.outputs.get(output)!));
  graph.output(outputNames.loss, loss);

  const sources = forward.nodes.filter((node) => isTrained(node, forward, model));
  const trained = sources.map((node) => copyOf(node.id));
  const gradients = differentiate(graph, loss, trained);
  const weights: Weight[] = [];
  sources.forEach((node, i) => {
    const [value, name] = [trained[i]!, named(node).name];
    const gradient = gradients.get(value)!;
    if (node.op === "table") graph.output(outputNames.gradient(name), gradient);
    else weights.push({ ...forward.parameters.get(name)!, value, gradient });
  });
  if (weights.length > 0) updateDense(graph, model.train.optimizer, weights);
  for (const node of forward.nodes)
    if (node.op === "batch_mean") updateMovingAverage(graph, node, forward, copyOf);
  return runPasses(graph.finish(), tidyingPasses);
}

/** Embedding tables that are not frozen and the parameters that are weights: what the loss is differentiated by. */
function isTrained(node: Node, { parameters }: Graph, { tables }: Model): boolean {
  if (node.op === "table") return tables.get(named(node).name)?.options.frozen !== true;
  return node.op === "parameter" && parameters.get(named(node).name)!.role === "weight";
}

/** A dense parameter that the loss depends on. */
interface Weight extends Parameter {
  readonly value: NodeId;
  readonly gradient: NodeId;
}

/**
 * All weights as one vector, because a step of several small products costs more than one of a large product: their
 * gradients are packed, and each weight takes its part of the change. Slots stay packed.
 */
function updateDense(graph: GraphBuilder, settings: Optimizer, weights: readonly Weight[]): void {
  const packed = weights.map(({ gradient, dims }) =>
    graph.add("reshape", [gradient], { dims: [sizeOf(dims)] }),
  );
  const gradient = graph.add("concat", packed, { dim: 0 });
  const { dims } = graph.typeOf(gradient);
  const optimizer = optimizerOf(settings);
  const slots = new Map<string, NodeId>();
  for (const { name, initial } of optimizer.slots(settings)) {
    const init =
      initial === 0 ? ({ kind: "zeros" } as const) : ({ kind: "constant", value: initial } as const);
    slots.set(name, graph.parameter({ name: slotName(name), dims, init, role: "slot" }));
  }
  const context: DenseContext<Optimizer> = {
    graph,
    settings,
    gradient,
    slot: (name) => slots.get(name)!,
    scalar: (name) =>
      graph.add("input", [], {
        name: inputNames.scalar(name),
        type: { rows: ONCE, dims: [1], dtype: "f32" },
      }),
    constant: (value) => graph.add("constant", [], { value, dims: [1] }),
  };
  const { change, slots: changed } = optimizer.dense(context);
  for (const [name, value] of Object.entries(changed)) graph.update(slotName(name), value);
  let from = 0;
  for (const { name, dims, value } of weights) {
    const to = from + sizeOf(dims);
    const part = graph.add("slice", [change], { dim: 0, from, to });
    graph.update(name, graph.add("subtract", [value, graph.add("reshape", [part], { dims })], {}));
    from = to;
  }
}

/** Names of a spec have no `/`. */
function slotName(slot: string): string {
  return `weights/${slot}`;
}

function updateMovingAverage(
  graph: GraphBuilder,
  node: Node,
  forward: Graph,
  copyOf: (id: NodeId) => NodeId,
): void {
  const moving = node.inputs[1]!;
  const { name } = named(forward.nodes[moving]!);
  const { dims } = node.type;
  const constant = (value: number) => graph.add("constant", [], { value, dims: [...dims.slice(0, -1), 1] });
  const kept = graph.add("multiply", [copyOf(moving), constant(MOMENTUM)], {});
  const added = graph.add("multiply", [copyOf(node.id), constant(1 - MOMENTUM)], {});
  graph.update(name, graph.add("add", [kept, added], {}));
}
