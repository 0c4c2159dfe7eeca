// The average of weights: its formula written out in plain loops, rows brought up to date late, what is
// judged, kept and resumed.

import { expect, onTestFinished, test } from "vitest";
import {
  addChanged,
  averageOf,
  averageOfRows,
  beginAverage,
  catchUp,
} from "../../compiler/middle/training/weight-average.ts";
import { openTraining, type Training } from "../../compiler/train/index.ts";
import { modelOf } from "../data/models.ts";

/** Σ of the definition, over the weights after each step. */
function mean(weights: readonly number[], decay: number): number {
  const steps = weights.length;
  const sum = weights.reduce((all, weight, i) => all + decay ** (steps - 1 - i) * weight, 0);
  return (sum * (1 - decay)) / (1 - decay ** steps);
}

test("dense weights", () => {
  const decay = 0.8;
  const weights = [1, 2, -1, 5];
  const sum = weights.reduce((a, weight) => decay * a + (1 - decay) * weight, 0);
  expect(averageOf(Float32Array.of(sum), decay, 4)[0]).toBeCloseTo(mean(weights, decay), 6);
});

test("a row counts in every step, though its sum is brought up to date only when it changes", () => {
  const [decay, steps, width] = [0.9, 23, 2];
  const table = {
    ...{ width, decay: null },
    values: Float32Array.of(1, -1, 2, 3, 4, 5),
    slots: [new Float32Array(6), new Float32Array(3)],
  };
  const history = [0, 1, 2, 3, 4, 5].map((): number[] => []);
  for (let t = 1; t <= steps; t++) {
    // Row 0 changes in every third step, row 1 in two of all, row 2 never.
    const rows = Int32Array.from([...(t % 3 === 0 ? [0] : []), ...(t === 2 || t === 17 ? [1] : [])]);
    catchUp(table, rows, decay, t);
    for (const row of rows) for (let j = 0; j < width; j++) table.values[row * width + j]! += t / 10 + j;
    addChanged(table, rows, decay);
    for (const [i, seen] of history.entries()) seen.push(table.values[i]!);
  }
  const found = averageOfRows(table, decay, steps, 0);
  for (const [i, seen] of history.entries()) expect(found[i]).toBeCloseTo(mean(seen, decay), 4);
  expect([...found.subarray(4)]).toEqual([4, 5]);
});

test("the average of a table that begins anew has only the steps since", () => {
  const [decay, begun, steps] = [0.9, 5, 12];
  const table = {
    width: 1,
    decay: null,
    values: Float32Array.of(1, 2),
    slots: [new Float32Array(2), new Float32Array(2)],
  };
  const history: number[] = [];
  for (let t = 1; t <= steps; t++) {
    if (t === begun + 1) {
      table.values.set([-3, 4]);
      beginAverage(table, begun);
    }
    const rows = Int32Array.from(t % 4 === 0 ? [0] : []);
    catchUp(table, rows, decay, t);
    for (const row of rows) table.values[row]! += t;
    addChanged(table, rows, decay);
    if (t > begun) history.push(table.values[0]!);
  }
  const found = averageOfRows(table, decay, steps, begun);
  expect(found[0]).toBeCloseTo(mean(history, decay), 4);
  expect(found[1]).toBeCloseTo(4, 5);
});

const DECAY = 0.7;
const spec = (average: string) => `model averaged
features user { user_id : id(size: 6)  embed 3 }
features item { item_id : id(size: 9)  embed(2, freeze, init: normal(0.5)) }
label click : binary
net { predict click = (concat(user_id, item_id) |> dense(4, dice) |> dense(1)) + weight(item_id) |> sigmoid }
train { batch 2  epochs 2  optimizer adam(0.05)  ${average} }`;
// Users come one after the other, so that most steps lack most of them.
const rows = Array.from({ length: 18 }, (_, i) => ({
  user_id: Math.floor(i / 3),
  item_id: (i * 4) % 9,
  click: Number(i % 3 === 0),
}));

async function opened(average: string): Promise<Training> {
  const training = await openTraining(modelOf(spec(average)), { train: rows, valid: rows });
  onTestFinished(() => training.close());
  return training;
}

/** By name: numbers of layers and of tables. */
function weightsOf(training: Training): ReadonlyMap<string, readonly number[]> {
  const { parameters, tables } = training.trained();
  return new Map([
    ...[...parameters].map(([name, values]) => [name, [...values]] as const),
    ...[...tables].map(([name, { values }]) => [`table ${name}`, [...values]] as const),
  ]);
}

test("a training with averages makes the steps of one without, and is judged by the means of its weights", async () => {
  const plain = await opened("");
  const averaged = await opened(`average ema(${DECAY})`);
  const seen = new Map([...weightsOf(plain)].map(([name, values]) => [name, values.map((): number[] => [])]));
  expect([...seen.keys()].filter((name) => /mean|variance/.test(name))).toHaveLength(2);
  while (!plain.isOver) {
    await plain.step();
    await averaged.step();
    // Scores between steps change nothing.
    const scores = await averaged.predict(rows.slice(0, 3));
    expect(scores.logits.get("click")!.every(Number.isFinite)).toBe(true);
    const weights = weightsOf(plain);
    const judged = weightsOf(averaged);
    for (const [name, values] of weights)
      for (const [i, value] of values.entries()) {
        const all = seen.get(name)![i]!;
        all.push(value);
        const wanted = name === "table item_id" ? value : mean(all, DECAY);
        expect(judged.get(name)![i], `${name} ${i} after step ${all.length}`).toBeCloseTo(wanted, 5);
      }
  }
  expect(averaged.isOver).toBe(true);
  const ended = averaged.epochs.at(-1)!.evaluations;
  const again = await averaged.evaluate(rows);
  expect(again[0]!.values["log_loss"]).toBeCloseTo(ended[0]!.values["log_loss"]!, 6);
  expect(again[0]!.values["log_loss"]).not.toBeCloseTo(
    (await plain.evaluate(rows))[0]!.values["log_loss"]!,
    4,
  );
});
