// Losses of labels: one object each with its syntax and its formula. The formulas use logits, because these
// stay precise if the model is certain.

import type { GraphBuilder } from "../builder/builder.ts";
import type { NodeId } from "../graph/graph.ts";
import { inside, type NumberConstraint, notNegative, type Optioned, positive } from "./options.ts";
import type { LabelLoss } from "./settings.ts";

type LossOf<K extends LabelLoss["kind"]> = Extract<LabelLoss, { readonly kind: K }>;

export interface LabelLossDefinition<S extends LabelLoss> extends Optioned<S> {
  /** The loss by example, [1]; `logit` and `truth` have the same shape. */
  readonly of: (graph: GraphBuilder, settings: S, logit: NodeId, truth: NodeId) => NodeId;
}

const belowOne: NumberConstraint = {
  test: (value) => value >= 0 && value < 1,
  text: "a number from 0 up to, but not, 1",
};

export const labelLosses: { readonly [K in LabelLoss["kind"]]: LabelLossDefinition<LossOf<K>> } = {
  binary_cross_entropy: {
    doc:
      "−p·y·log σ(z) − (1 − y)·log(1 − σ(z)), where p is `positive` and y the label, with smoothing s (1 − s)·label + s/2 " +
      "(Szegedy et al., CVPR 2016, section 7).",
    options: ["smoothing", "positive"],
    read: (given) => ({
      kind: "binary_cross_entropy",
      smoothing: given.number("smoothing", belowOne, 0),
      positive: given.number("positive", positive, 1),
    }),
    of(graph, { smoothing, positive }, logit, truth) {
      if (smoothing === 0 && positive === 1) {
        const explained = graph.add("multiply", [truth, logit], {});
        return graph.add("subtract", [graph.add("softplus", [logit], {}), explained], {});
      }
      const { yes, no, times, both } = parts(graph, logit);
      const target = smoothing === 0 ? truth : both(times(truth, 1 - smoothing), smoothing / 2);
      const other = both(times(target, -1), 1);
      const missed = times(graph.add("multiply", [target, yes], {}), positive);
      return graph.add("add", [missed, graph.add("multiply", [other, no], {})], {});
    },
  },
  focal: {
    doc:
      "−(1 − q)^γ·log q, where q is the probability given to what happened; with `alpha` times α for a 1 and 1 − α for a 0. Lin " +
      "et al., “Focal Loss for Dense Object Detection”, ICCV 2017, equations 4 and 5.",
    options: ["gamma", "alpha"],
    read: (given) => ({
      kind: "focal",
      gamma: given.number("gamma", notNegative, 2),
      alpha: given.optional("alpha", inside),
    }),
    of(graph, { gamma, alpha }, logit, truth) {
      const { yes, no, times, both } = parts(graph, logit);
      const power = (loss: NodeId) => graph.add("exp", [times(loss, -gamma)], {});
      // 1 − σ(z) = exp(−softplus(z)): the loss of one side gives the factor of the other.
      const missed = graph.add("multiply", [power(no), yes], {});
      const raised = graph.add("multiply", [power(yes), no], {});
      const [a, b] = alpha === null ? [1, 1] : [alpha, 1 - alpha];
      const other = both(times(truth, -1), 1);
      return graph.add(
        "add",
        [
          times(graph.add("multiply", [truth, missed], {}), a),
          times(graph.add("multiply", [other, raised], {}), b),
        ],
        {},
      );
    },
  },
};

export function labelLoss(graph: GraphBuilder, settings: LabelLoss, logit: NodeId, truth: NodeId): NodeId {
  const definition = labelLosses[settings.kind] as unknown as LabelLossDefinition<LabelLoss>;
  return definition.of(graph, settings, logit, truth);
}

/** −log σ(z) and −log(1 − σ(z)), without differences of large numbers, and arithmetic with constants. */
function parts(graph: GraphBuilder, logit: NodeId) {
  const constant = (value: number) => graph.add("constant", [], { value, dims: [1] });
  return {
    yes: graph.add("softplus", [graph.add("negate", [logit], {})], {}),
    no: graph.add("softplus", [logit], {}),
    times: (x: NodeId, factor: number) =>
      factor === 1
        ? x
        : factor === -1
          ? graph.add("negate", [x], {})
          : graph.add("multiply", [x, constant(factor)], {}),
    both: (x: NodeId, summand: number) => graph.add("add", [x, constant(summand)], {}),
  };
}
