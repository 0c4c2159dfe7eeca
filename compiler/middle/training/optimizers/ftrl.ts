// FTRL-Proximal: Adagrad's rates with an L1 penalty that makes weights exactly 0.

import { notNegative, positive } from "../options.ts";
import { defineOptimizer, pullOn } from "./define-optimizer.ts";

const RATES = { least: 1e-3, most: 2, usual: 0.1 };

/** The least learning rate, because at the end of a long decay it may be 0 in f32, and is a divisor. */
const LEAST_RATE = 1e-30;

export const ftrl = defineOptimizer<"ftrl">({
  name: "ftrl",
  doc:
    "n ← n + g²;  z ← z + g − (√n' − √n)/η·w;  w ← 0 where |z| ≤ λ₁, else −(z − sign(z)·λ₁) / ((β + √n)/η + λ₂). McMahan et " +
    "al., “Ad Click Prediction: a View from the Trenches”, KDD 2013, algorithm 1. Kept is not z but z + w·(β + √n)/η, what the " +
    "penalties hold back, which begins as 0: so weights begin as they are initialised, where the paper begins with w = 0 (which " +
    "is the same formula), and a learning rate that changes acts as Adagrad's does. Rows outside the batch have g = 0, for " +
    "which w stays: nothing is lazy.",
  options: ["learning_rate", "l1", "l2", "beta"],
  read: (given) => ({
    kind: "ftrl",
    learningRate: given.number("learning_rate", positive, RATES.usual),
    l1: given.number("l1", notNegative, 0),
    l2: given.number("l2", notNegative, 0),
    beta: given.number("beta", positive, 1),
  }),
  rates: RATES,
  slots: () => [
    { name: "n", initial: 0, byRow: false },
    { name: "held", initial: 0, byRow: false },
  ],
  scalarNames: ["learning_rate"],
  scalars: ({ learningRate }) => ({ learning_rate: Math.max(learningRate, LEAST_RATE) }),

  dense({ graph, settings, gradient, weights, slot, scalar, constant }) {
    const { beta, l1, l2 } = settings;
    const n = graph.add("add", [slot("n"), graph.add("multiply", [gradient, gradient], {})], {});
    const root = graph.add("add", [graph.add("sqrt", [n], {}), constant(beta)], {});
    const strength = graph.add("divide", [root, scalar("learning_rate")], {});
    const kept = graph.add("multiply", [weights(), strength], {});
    const z = graph.add("subtract", [graph.add("add", [slot("held"), gradient], {}), kept], {});
    // z − sign(z)·λ₁ if that does not change the sign, else 0.
    const above = graph.add("relu", [graph.add("subtract", [z, constant(l1)], {})], {});
    const below = graph.add(
      "relu",
      [graph.add("subtract", [graph.add("negate", [z], {}), constant(l1)], {})],
      {},
    );
    const shrunk = graph.add("subtract", [below, above], {});
    const next = graph.add("divide", [shrunk, graph.add("add", [strength, constant(l2)], {})], {});
    const held = graph.add("add", [z, graph.add("multiply", [next, strength], {})], {});
    return { change: graph.add("subtract", [weights(), next], {}), slots: { n, held } };
  },

  rows({ beta, l1, l2 }, { table, rows, gradients, scalars }) {
    const { width, values } = table;
    const squares = table.slots[0]!;
    const held = table.slots[1]!;
    const rate = scalars["learning_rate"]!;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const pull = pullOn(table, row);
      for (let at = row * width, from = i * width, end = from + width; from < end; at++, from++) {
        const gradient = gradients[from]! + pull * values[at]!;
        const n = squares[at]! + gradient * gradient;
        const strength = (beta + Math.sqrt(n)) / rate;
        const z = held[at]! + gradient - values[at]! * strength;
        const next = (Math.max(0, -z - l1) - Math.max(0, z - l1)) / (strength + l2);
        squares[at] = n;
        held[at] = z + next * strength;
        values[at] = next;
      }
    }
  },
});
