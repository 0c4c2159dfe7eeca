// gRDA: stochastic gradient descent with a growing soft threshold on the sum of all steps, so that weights
// with little effect on the loss become exactly 0.

import { power } from "../../../common/power.ts";
import type { NodeId } from "../../graph/graph.ts";
import { everyRow, notNegative, positive } from "../options.ts";
import { defineOptimizer, pullOn } from "./define-optimizer.ts";

const RATES = { least: 1e-4, most: 1, usual: 0.01 };

export const grda = defineOptimizer<"grda">({
  name: "grda",
  doc:
    "v ← v − η·g from the initial weights;  w ← sign(v)·max(0, |v| − c·η₀^(1/2 + μ)·t^μ) with η₀, the learning rate without its " +
    "schedule. Chao et al., “Directional Pruning of Deep Neural Networks”, NeurIPS 2020, algorithm 1; AutoFIS trains its gates with it (Liu " +
    "et al., KDD 2020, section 3.3). Kept is v − w, which begins as 0. The threshold reaches a row of a table when its id next occurs, or with `rows: all` in every step.",
  options: ["learning_rate", "c", "mu", "rows"],
  read: (given) => {
    const learningRate = given.number("learning_rate", positive, RATES.usual);
    return {
      ...{ kind: "grda", learningRate, fullRate: learningRate },
      c: given.number("c", notNegative, 0.005),
      mu: given.number("mu", notNegative, 0.7),
      ...everyRow(given),
    };
  },
  rates: RATES,
  slots: () => [{ name: "taken", initial: 0, byRow: false }],
  scalarNames: ["learning_rate", "threshold"],
  scalars: ({ learningRate, fullRate, c, mu }, t) => ({
    learning_rate: learningRate,
    threshold: c * power(fullRate, 0.5 + mu) * power(t, mu),
  }),

  dense({ graph, gradient, weights, slot, scalar }) {
    const step = graph.add("multiply", [gradient, scalar("learning_rate")], {});
    const v = graph.add("subtract", [graph.add("add", [weights(), slot("taken")], {}), step], {});
    const beyond = (value: NodeId) =>
      graph.add("relu", [graph.add("subtract", [value, scalar("threshold")], {})], {});
    const next = graph.add("subtract", [beyond(v), beyond(graph.add("negate", [v], {}))], {});
    return {
      change: graph.add("subtract", [weights(), next], {}),
      slots: { taken: graph.add("subtract", [v, next], {}) },
    };
  },

  rows(_settings, { table, rows, gradients, scalars }) {
    const { width, values } = table;
    const taken = table.slots[0]!;
    const [rate, threshold] = [scalars["learning_rate"]!, scalars["threshold"]!];
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const pull = pullOn(table, row);
      for (let at = row * width, from = i * width, end = from + width; from < end; at++, from++) {
        const v = values[at]! + taken[at]! - rate * (gradients[from]! + pull * values[at]!);
        const next = Math.max(0, v - threshold) - Math.max(0, -v - threshold);
        values[at] = next;
        taken[at] = v - next;
      }
    }
  },
});
