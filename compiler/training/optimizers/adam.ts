// Adam, with PyTorch's order of operations: moments corrected for their start, ε outside the root.

import { defineOptimizer } from "./define-optimizer.ts";

export const adam = defineOptimizer<"adam">({
  name: "adam",
  doc:
    "m ← β₁·m + (1 − β₁)·g;  v ← β₂·v + (1 − β₂)·g²;  w ← w − η · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε). Kingma & Ba, " +
    "“Adam: A Method for Stochastic Optimization”, ICLR 2015. For tables the lazy form: rows outside the batch keep value " +
    "and moments, and t counts all steps, not the row's own.",
  slots: () => [
    { name: "m", initial: 0 },
    { name: "v", initial: 0 },
  ],
  scalarNames: ["learning_rate", "bias1", "bias2"],
  scalars: (settings, t) => ({
    learning_rate: settings.learningRate,
    bias1: 1 - settings.beta1 ** t,
    bias2: 1 - settings.beta2 ** t,
  }),

  dense({ graph, settings, gradient, slot, scalar, constant }) {
    const { beta1, beta2, epsilon } = settings;
    const decayed = (name: string, beta: number) => graph.add("multiply", [slot(name), constant(beta)], {});
    const m = graph.add(
      "add",
      [decayed("m", beta1), graph.add("multiply", [gradient, constant(1 - beta1)], {})],
      {},
    );
    const square = graph.add("multiply", [gradient, gradient], {});
    const v = graph.add(
      "add",
      [decayed("v", beta2), graph.add("multiply", [square, constant(1 - beta2)], {})],
      {},
    );
    // The corrections are single numbers: they go where there is least to multiply, as in the row form below.
    const rate = graph.add("divide", [scalar("learning_rate"), scalar("bias1")], {});
    const rootBias2 = graph.add("sqrt", [scalar("bias2")], {});
    const root = graph.add("divide", [graph.add("sqrt", [v], {}), rootBias2], {});
    const scale = graph.add("add", [root, constant(epsilon)], {});
    const change = graph.add("divide", [graph.add("multiply", [m, rate], {}), scale], {});
    return { change, slots: { m, v } };
  },

  rows(settings, { table, rows, gradients, scalars }) {
    const { width, values, decay } = table;
    const m = table.slots[0]!;
    const v = table.slots[1]!;
    const { beta1, beta2, epsilon } = settings;
    const rate = scalars["learning_rate"]! / scalars["bias1"]!;
    const rootBias2 = Math.sqrt(scalars["bias2"]!);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const pull = decay === null ? 0 : decay[row]!;
      for (let at = row * width, from = i * width, end = from + width; from < end; at++, from++) {
        const gradient = gradients[from]! + pull * values[at]!;
        const first = beta1 * m[at]! + (1 - beta1) * gradient;
        const second = beta2 * v[at]! + (1 - beta2) * gradient * gradient;
        m[at] = first;
        v[at] = second;
        values[at] = values[at]! - (rate * first) / (Math.sqrt(second) / rootBias2 + epsilon);
      }
    }
  },
});
