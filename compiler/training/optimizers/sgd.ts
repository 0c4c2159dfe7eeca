// Stochastic gradient descent.

import { defineOptimizer } from "./define-optimizer.ts";

export const sgd = defineOptimizer<"sgd">({
  name: "sgd",
  doc: "w ← w − η·g. Robbins & Monro, “A Stochastic Approximation Method”, 1951.",
  slots: () => [],
  scalarNames: ["learning_rate"],
  scalars: (settings) => ({ learning_rate: settings.learningRate }),

  dense({ graph, gradient, scalar }) {
    return { change: graph.add("multiply", [gradient, scalar("learning_rate")], {}), slots: {} };
  },

  rows(_settings, { table, rows, gradients, scalars }) {
    const { width, values, decay } = table;
    const rate = scalars["learning_rate"]!;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const pull = decay === null ? 0 : decay[row]!;
      for (let at = row * width, from = i * width, end = from + width; from < end; at++, from++)
        values[at] = values[at]! - rate * (gradients[from]! + pull * values[at]!);
    }
  },
});
