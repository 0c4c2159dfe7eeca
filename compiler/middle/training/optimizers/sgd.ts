// Stochastic gradient descent.

import { positive } from "../options.ts";
import { defineOptimizer, pullOn } from "./define-optimizer.ts";

const RATES = { least: 1e-4, most: 2, usual: 0.01 };

export const sgd = defineOptimizer<"sgd">({
  name: "sgd",
  doc: "w ← w − η·g. Robbins & Monro, “A Stochastic Approximation Method”, 1951.",
  options: ["learning_rate"],
  read: (given) => ({ kind: "sgd", learningRate: given.number("learning_rate", positive, RATES.usual) }),
  // The public experiments of the DIN paper use 1.
  rates: RATES,
  slots: () => [],
  scalarNames: ["learning_rate"],
  scalars: (settings) => ({ learning_rate: settings.learningRate }),

  dense({ graph, gradient, scalar }) {
    return { change: graph.add("multiply", [gradient, scalar("learning_rate")], {}), slots: {} };
  },

  rows(_settings, { table, rows, gradients, scalars }) {
    const { width, values } = table;
    const rate = scalars["learning_rate"]!;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const pull = pullOn(table, row);
      for (let at = row * width, from = i * width, end = from + width; from < end; at++, from++)
        values[at] = values[at]! - rate * (gradients[from]! + pull * values[at]!);
    }
  },
});
