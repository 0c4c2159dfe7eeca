// Stochastic gradient descent with PyTorch's momentum: the learning rate is outside the buffer, so a schedule
// takes effect at once.

import { decay, everyRow, positive } from "../options.ts";
import { defineOptimizer, pullOn } from "./define-optimizer.ts";

const RATES = { least: 1e-5, most: 1, usual: 0.01 };

export const momentum = defineOptimizer<"momentum">({
  name: "momentum",
  doc:
    "b ← μ·b + g;  w ← w − η·b, with `nesterov: true` w ← w − η·(g + μ·b). Polyak, “Some Methods of Speeding up the " +
    "Convergence of Iteration Methods”, 1964; Sutskever et al., ICML 2013. For tables the lazy form: rows outside the batch " +
    "keep value and buffer, and do not roll on; with `rows: all` every row moves in every step.",
  options: ["learning_rate", "momentum", "nesterov", "rows"],
  read: (given) => ({
    kind: "momentum",
    learningRate: given.number("learning_rate", positive, RATES.usual),
    momentum: given.number("momentum", decay, 0.9),
    nesterov: given.flag("nesterov"),
    ...everyRow(given),
  }),
  rates: RATES,
  slots: () => [{ name: "buffer", initial: 0, byRow: false }],
  scalarNames: ["learning_rate"],
  scalars: (settings) => ({ learning_rate: settings.learningRate }),

  dense({ graph, settings, gradient, slot, scalar, constant }) {
    const { momentum, nesterov } = settings;
    const kept = (value: typeof gradient) => graph.add("multiply", [value, constant(momentum)], {});
    const buffer = graph.add("add", [kept(slot("buffer")), gradient], {});
    const direction = nesterov ? graph.add("add", [gradient, kept(buffer)], {}) : buffer;
    return {
      change: graph.add("multiply", [direction, scalar("learning_rate")], {}),
      slots: { buffer },
    };
  },

  rows({ momentum, nesterov }, { table, rows, gradients, scalars }) {
    const { width, values } = table;
    const buffer = table.slots[0]!;
    const rate = scalars["learning_rate"]!;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const pull = pullOn(table, row);
      for (let at = row * width, from = i * width, end = from + width; from < end; at++, from++) {
        const gradient = gradients[from]! + pull * values[at]!;
        const moved = momentum * buffer[at]! + gradient;
        buffer[at] = moved;
        values[at] = values[at]! - rate * (nesterov ? gradient + momentum * moved : moved);
      }
    }
  },
});
