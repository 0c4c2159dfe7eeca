// The optimizer's step for all of its dense weights at once, as nodes, followed by shrinkage and the average
// of weights.

import type { GraphBuilder } from "../builder/builder.ts";
import type { NodeId, Parameter } from "../graph/graph.ts";
import { ONCE, sizeOf } from "../graph/types.ts";
import type { DenseContext } from "../training/optimizers/define-optimizer.ts";
import { optimizerOf } from "../training/optimizers/registry.ts";
import { nameAt, optimizersIn } from "../training/parts.ts";
import type { TrainSettings } from "../training/settings.ts";
import { l1OfWeight, softThreshold } from "../training/shrinkage.ts";
import { AVERAGE, addDense } from "../training/weight-average.ts";
import { inputOf } from "./program.ts";

/** A dense parameter that the loss depends on. */
export interface Weight extends Parameter {
  readonly value: NodeId;
  readonly gradient: NodeId;
}

/** The gradients of all weights as one vector. */
export function packedGradient(graph: GraphBuilder, weights: readonly Weight[]): NodeId {
  return packed(
    graph,
    weights.map(({ gradient, dims }) => graph.add("reshape", [gradient], { dims: [sizeOf(dims)] })),
  );
}

/**
 * All weights of the optimizer at `place` as one vector, because several small products cost more than a
 * large one: their gradients are packed, and each weight takes its part of the change. Slots stay packed.
 */
export function updateDense(
  graph: GraphBuilder,
  train: TrainSettings,
  place: number,
  weights: readonly Weight[],
  gradient: NodeId,
): void {
  const { l2, average } = train;
  const { dims } = graph.typeOf(gradient);
  const settings = optimizersIn(train)[place]!;
  const optimizer = optimizerOf(settings);
  const slots = new Map<string, NodeId>();
  const declare = (name: string, initial: number) => {
    const init =
      initial === 0 ? ({ kind: "zeros" } as const) : ({ kind: "constant", value: initial } as const);
    slots.set(name, graph.parameter({ name: slotName(name, place), dims, init, role: "slot" }));
  };
  for (const { name, initial } of optimizer.slots(settings)) declare(name, initial);
  const constant = (value: number) => graph.add("constant", [], { value, dims: [1] });
  const values = (zero: (weight: Weight) => boolean) =>
    packed(
      graph,
      weights.map((weight) => {
        const size = [sizeOf(weight.dims)];
        return zero(weight)
          ? graph.add("constant", [], { value: 0, dims: size })
          : graph.add("reshape", [weight.value], { dims: size });
      }),
    );
  const all = () => values(() => false);
  const decaying = () => values((weight) => !decays(weight));
  const scalar = (name: string) =>
    graph.add(
      "input",
      [],
      inputOf({ kind: "scalar", of: nameAt(place, name) }, { rows: ONCE, dims: [1], dtype: "f32" }),
    );
  const context: DenseContext<TrainSettings["optimizer"]> = {
    graph,
    settings,
    gradient:
      l2.dense === 0
        ? gradient
        : graph.add("add", [gradient, graph.add("multiply", [decaying(), constant(l2.dense)], {})], {}),
    weights: all,
    decaying,
    slot: (name) => slots.get(name)!,
    scalar,
    constant,
  };
  const { change: own, slots: changed } = optimizer.dense(context);
  for (const [name, value] of Object.entries(changed)) graph.update(slotName(name, place), value);
  const strengths = weights.map((weight) => (decays(weight) ? l1OfWeight(train, weight.name) : 0));
  const change = strengths.every((strength) => strength === 0) ? own : shrunkChange();
  if (average !== null) {
    declare(AVERAGE, 0);
    const after = graph.add("subtract", [all(), change], {});
    const sum = addDense({ graph, decay: average, constant }, slots.get(AVERAGE)!, after);
    graph.update(slotName(AVERAGE, place), sum);
  }
  let from = 0;
  for (const { name, dims, value } of weights) {
    const to = from + sizeOf(dims);
    const part = graph.add("slice", [change], { dim: 0, from, to });
    graph.update(name, graph.add("subtract", [value, graph.add("reshape", [part], { dims })], {}));
    from = to;
  }

  function shrunkChange(): NodeId {
    const lambdas = packed(
      graph,
      weights.map(({ dims }, i) => graph.add("constant", [], { value: strengths[i]!, dims: [sizeOf(dims)] })),
    );
    const least = graph.add("multiply", [lambdas, scalar("learning_rate")], {});
    const stepped = graph.add("subtract", [all(), own], {});
    return graph.add("subtract", [all(), softThreshold(graph, stepped, least)], {});
  }
}

function packed(graph: GraphBuilder, vectors: readonly NodeId[]): NodeId {
  return graph.add("concat", vectors, { dim: 0 });
}

/** Tells whether a weight decays. Only matrices do: biases, scales and slopes need not be near 0. */
function decays({ dims }: Parameter): boolean {
  return dims.length > 1;
}

/** The name of the parameter that holds a slot of the optimizer at `place`. No name of a spec has a `/`. */
export function slotName(slot: string, place = 0): string {
  return `weights/${nameAt(place, slot)}`;
}
