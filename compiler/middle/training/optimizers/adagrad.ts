// Adagrad: each weight has a learning rate of its own, so that rare ids keep learning.

import { notNegative, positive } from "../options.ts";
import { defineOptimizer, pullOn, type RowUpdate, type SettingsOf } from "./define-optimizer.ts";

const RATES = { least: 1e-4, most: 0.5, usual: 0.01 };

export const adagrad = defineOptimizer<"adagrad">({
  name: "adagrad",
  doc:
    "s ← s + g²;  w ← w − η·g / (√s + ε). Duchi, Hazan & Singer, “Adaptive Subgradient Methods for Online Learning and " +
    "Stochastic Optimization”, JMLR 2011. With `row_wise: true` a row of a table has one s, to which the mean of its g² is " +
    "added: as much memory as one more column (Mudigere et al., ISCA 2022). Rows outside the batch have g = 0: nothing is lazy.",
  options: ["learning_rate", "initial_accumulator", "epsilon", "row_wise"],
  read: (given) => ({
    kind: "adagrad",
    learningRate: given.number("learning_rate", positive, RATES.usual),
    initialAccumulator: given.number("initial_accumulator", notNegative, 0.1),
    epsilon: given.number("epsilon", positive, 1e-8),
    rowWise: given.flag("row_wise"),
  }),
  rates: RATES,
  slots: ({ initialAccumulator, rowWise }) => [
    { name: "accumulator", initial: initialAccumulator, byRow: rowWise },
  ],
  scalarNames: ["learning_rate"],
  scalars: (settings) => ({ learning_rate: settings.learningRate }),

  dense({ graph, settings, gradient, slot, scalar, constant }) {
    const square = graph.add("multiply", [gradient, gradient], {});
    const before = slot("accumulator");
    const width = graph.typeOf(gradient).dims[0]!;
    // A table may have one accumulator for each row.
    const isByRow = width > 1 && graph.typeOf(before).dims[0] === 1;
    const added = isByRow
      ? graph.add("multiply", [graph.add("sum_width", [square], {}), constant(1 / width)], {})
      : square;
    const accumulator = graph.add("add", [before, added], {});
    const scale = graph.add("add", [graph.add("sqrt", [accumulator], {}), constant(settings.epsilon)], {});
    const change = graph.add(
      "divide",
      [graph.add("multiply", [gradient, scalar("learning_rate")], {}), scale],
      {},
    );
    return { change, slots: { accumulator } };
  },

  rows: (settings, update) => (settings.rowWise ? byRow : byNumber)(settings, update),
});

function byNumber({ epsilon }: SettingsOf<"adagrad">, { table, rows, gradients, scalars }: RowUpdate): void {
  const { width, values } = table;
  const accumulator = table.slots[0]!;
  const rate = scalars["learning_rate"]!;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const pull = pullOn(table, row);
    for (let at = row * width, from = i * width, end = from + width; from < end; at++, from++) {
      const gradient = gradients[from]! + pull * values[at]!;
      const sum = accumulator[at]! + gradient * gradient;
      accumulator[at] = sum;
      values[at] = values[at]! - (rate * gradient) / (Math.sqrt(sum) + epsilon);
    }
  }
}

function byRow({ epsilon }: SettingsOf<"adagrad">, { table, rows, gradients, scalars }: RowUpdate): void {
  const { width, values } = table;
  const accumulator = table.slots[0]!;
  const rate = scalars["learning_rate"]!;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const pull = pullOn(table, row);
    let squares = 0;
    for (let at = row * width, from = i * width, end = from + width; from < end; at++, from++)
      squares += (gradients[from]! + pull * values[at]!) ** 2;
    const sum = accumulator[row]! + squares / width;
    accumulator[row] = sum;
    const scaled = rate / (Math.sqrt(sum) + epsilon);
    for (let at = row * width, from = i * width, end = from + width; from < end; at++, from++)
      values[at] = values[at]! - scaled * (gradients[from]! + pull * values[at]!);
  }
}
