// Adam, with PyTorch's order of operations: bias-corrected moments, ε outside the root. AdamW is the same
// step with an additional decay.

import { power } from "../../../common/power.ts";
import type { NodeId } from "../../graph/graph.ts";
import { decay, everyRow, notNegative, type OptionReader, positive } from "../options.ts";
import {
  type DenseContext,
  type DenseUpdate,
  defineOptimizer,
  pullOn,
  type RowUpdate,
  type SettingsOf,
} from "./define-optimizer.ts";

const RATES = { least: 1e-5, most: 2e-2, usual: 1e-3 };
const OPTIONS = ["learning_rate", "beta1", "beta2", "epsilon"];
const LAST_OPTIONS = ["epsilon_hat", "rows"];
const MOMENTS = [
  { name: "m", initial: 0, byRow: false },
  { name: "v", initial: 0, byRow: false },
];

type Adam = SettingsOf<"adam"> | SettingsOf<"adamw">;

const read = (given: OptionReader) => {
  const epsilonHat = given.optional("epsilon_hat", positive);
  return {
    learningRate: given.number("learning_rate", positive, RATES.usual),
    beta1: given.number("beta1", decay, 0.9),
    beta2: given.number("beta2", decay, 0.999),
    epsilon: given.number("epsilon", positive, epsilonHat === null ? 1e-8 : 0),
    ...(epsilonHat === null ? {} : { epsilonHat }),
    ...everyRow(given),
  };
};

const scalarNames = ["learning_rate", "bias1", "bias2"];
const scalars = ({ learningRate, beta1, beta2 }: Adam, t: number) => ({
  learning_rate: learningRate,
  bias1: 1 - power(beta1, t),
  bias2: 1 - power(beta2, t),
});

function dense({ graph, settings, gradient, slot, scalar, constant }: DenseContext<Adam>): DenseUpdate {
  const { beta1, beta2, epsilon, epsilonHat = 0 } = settings;
  const averaged = (name: string, beta: number, value: NodeId) => {
    const kept = graph.add("multiply", [slot(name), constant(beta)], {});
    return graph.add("add", [kept, graph.add("multiply", [value, constant(1 - beta)], {})], {});
  };
  const m = averaged("m", beta1, gradient);
  const v = averaged("v", beta2, graph.add("multiply", [gradient, gradient], {}));
  // The corrections are single numbers, so they are applied to the smallest value, as in the row form below.
  const rate = graph.add("divide", [scalar("learning_rate"), scalar("bias1")], {});
  const rootBias2 = graph.add("sqrt", [scalar("bias2")], {});
  const root = graph.add("divide", [graph.add("sqrt", [v], {}), rootBias2], {});
  const added = [
    ...(epsilon > 0 ? [constant(epsilon)] : []),
    ...(epsilonHat > 0 ? [graph.add("divide", [constant(epsilonHat), rootBias2], {})] : []),
  ];
  const scale = added.reduce((sum, each) => graph.add("add", [sum, each], {}), root);
  const change = graph.add("divide", [graph.add("multiply", [m, rate], {}), scale], {});
  return { change, slots: { m, v } };
}

function rows(settings: Adam, { table, rows, gradients, scalars }: RowUpdate, weightDecay: number): void {
  const { width, values } = table;
  const m = table.slots[0]!;
  const v = table.slots[1]!;
  const { beta1, beta2, epsilonHat = 0 } = settings;
  const rate = scalars["learning_rate"]! / scalars["bias1"]!;
  const rootBias2 = Math.sqrt(scalars["bias2"]!);
  const epsilon = settings.epsilon + epsilonHat / rootBias2;
  const kept = 1 - scalars["learning_rate"]! * weightDecay;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const pull = pullOn(table, row);
    for (let at = row * width, from = i * width, end = from + width; from < end; at++, from++) {
      const gradient = gradients[from]! + pull * values[at]!;
      const first = beta1 * m[at]! + (1 - beta1) * gradient;
      const second = beta2 * v[at]! + (1 - beta2) * gradient * gradient;
      m[at] = first;
      v[at] = second;
      values[at] = kept * values[at]! - (rate * first) / (Math.sqrt(second) / rootBias2 + epsilon);
    }
  }
}

export const adam = defineOptimizer<"adam">({
  name: "adam",
  doc:
    "m ← β₁·m + (1 − β₁)·g;  v ← β₂·v + (1 − β₂)·g²;  w ← w − η · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε). Kingma & Ba, " +
    "“Adam: A Method for Stochastic Optimization”, ICLR 2015. For tables the lazy form: rows outside the batch keep value " +
    "and moments, and t counts all steps, not the row's own. With `rows: all` every row moves in every step, as PyTorch's Adam " +
    "moves a weight. `epsilon_hat` takes the place of ε before the bias correction, w ← w − η·√(1 − β₂ᵗ)/(1 − β₁ᵗ) · m / (√v + ε̂), " +
    "as in PyTorch's SparseAdam, TensorFlow and Keras.",
  options: [...OPTIONS, ...LAST_OPTIONS],
  read: (given) => ({ kind: "adam", ...read(given) }),
  rates: RATES,
  slots: () => MOMENTS,
  scalarNames,
  scalars,
  dense,
  rows: (settings, update) => rows(settings, update, 0),
});

export const adamw = defineOptimizer<"adamw">({
  name: "adamw",
  doc:
    "w ← (1 − η·λ)·w, then the step of Adam, whose moments know nothing of the decay. Loshchilov & Hutter, “Decoupled Weight " +
    "Decay Regularization”, ICLR 2019. The matrices of layers decay, and of tables the rows of the batch; biases and what " +
    "activations and normalizations learn do not.",
  options: [...OPTIONS, "weight_decay", ...LAST_OPTIONS],
  read: (given) => ({
    kind: "adamw",
    ...read(given),
    weightDecay: given.number("weight_decay", notNegative, 0.01),
  }),
  rates: RATES,
  slots: () => MOMENTS,
  scalarNames,
  scalars,
  dense(context) {
    const { graph, settings, decaying, scalar, constant } = context;
    const { change, slots } = dense(context);
    const rate = graph.add("multiply", [scalar("learning_rate"), constant(settings.weightDecay)], {});
    const decayed = graph.add("multiply", [decaying(), rate], {});
    return { change: graph.add("add", [change, decayed], {}), slots };
  },
  rows: (settings, update) => rows(settings, update, settings.weightDecay),
});
