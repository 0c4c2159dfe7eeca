// Adagrad: a rate of its own for every weight, so that rare ids keep learning.

import { defineOptimizer } from "./define-optimizer.ts";

export const adagrad = defineOptimizer<"adagrad">({
  name: "adagrad",
  doc:
    "s ← s + g²;  w ← w − η·g / (√s + ε). Duchi, Hazan & Singer, “Adaptive Subgradient Methods for Online Learning and " +
    "Stochastic Optimization”, JMLR 2011.",
  slots: (settings) => [{ name: "accumulator", initial: settings.initialAccumulator }],
  scalarNames: ["learning_rate"],
  scalars: (settings) => ({ learning_rate: settings.learningRate }),

  dense({ graph, settings, gradient, slot, scalar, constant }) {
    const square = graph.add("multiply", [gradient, gradient], {});
    const accumulator = graph.add("add", [slot("accumulator"), square], {});
    const scale = graph.add("add", [graph.add("sqrt", [accumulator], {}), constant(settings.epsilon)], {});
    const change = graph.add(
      "divide",
      [graph.add("multiply", [gradient, scalar("learning_rate")], {}), scale],
      {},
    );
    return { change, slots: { accumulator } };
  },

  rows(settings, { table, rows, gradients, scalars }) {
    const { width, values, decay } = table;
    const accumulator = table.slots[0]!;
    const rate = scalars["learning_rate"]!;
    const { epsilon } = settings;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const pull = decay === null ? 0 : decay[row]!;
      for (let at = row * width, from = i * width, end = from + width; from < end; at++, from++) {
        const gradient = gradients[from]! + pull * values[at]!;
        const sum = accumulator[at]! + gradient * gradient;
        accumulator[at] = sum;
        values[at] = values[at]! - (rate * gradient) / (Math.sqrt(sum) + epsilon);
      }
    }
  },
});
