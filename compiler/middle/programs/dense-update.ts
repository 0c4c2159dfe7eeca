// The optimizer's step for all dense weights at once, as nodes.

import type { GraphBuilder } from "../build/builder.ts";
import type { NodeId, Parameter } from "../graph/graph.ts";
import { ONCE, sizeOf } from "../graph/types.ts";
import type { DenseContext } from "../training/optimizers/define-optimizer.ts";
import { optimizerOf } from "../training/optimizers/registry.ts";
import type { TrainSettings } from "../training/settings.ts";
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
 * All weights as one vector, because a step of several small products costs more than one of a large product: their
 * gradients are packed, and each weight takes its part of the change. Slots stay packed.
 */
export function updateDense(
  graph: GraphBuilder,
  { optimizer: settings, l2 }: Pick<TrainSettings, "optimizer" | "l2">,
  weights: readonly Weight[],
  gradient: NodeId,
): void {
  const { dims } = graph.typeOf(gradient);
  const optimizer = optimizerOf(settings);
  const slots = new Map<string, NodeId>();
  for (const { name, initial } of optimizer.slots(settings)) {
    const init =
      initial === 0 ? ({ kind: "zeros" } as const) : ({ kind: "constant", value: initial } as const);
    slots.set(name, graph.parameter({ name: slotName(name), dims, init, role: "slot" }));
  }
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
  const decaying = () => values((weight) => !decays(weight));
  const context: DenseContext<TrainSettings["optimizer"]> = {
    graph,
    settings,
    gradient:
      l2.dense === 0
        ? gradient
        : graph.add("add", [gradient, graph.add("multiply", [decaying(), constant(l2.dense)], {})], {}),
    weights: () => values(() => false),
    decaying,
    slot: (name) => slots.get(name)!,
    scalar: (name) =>
      graph.add("input", [], inputOf({ kind: "scalar", of: name }, { rows: ONCE, dims: [1], dtype: "f32" })),
    constant,
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

function packed(graph: GraphBuilder, vectors: readonly NodeId[]): NodeId {
  return graph.add("concat", vectors, { dim: 0 });
}

/** Whether weights are pulled to 0: matrices are; biases, scales and slopes have no reason to be there. */
function decays({ dims }: Parameter): boolean {
  return dims.length > 1;
}

/** What the parameter of a slot is called; names of a spec have no `/`. */
export function slotName(slot: string): string {
  return `weights/${slot}`;
}
