// Tables that begin anew in each epoch: what they then hold, and what goes on.

import { expect, onTestFinished, test } from "vitest";
import { openTraining, type Training } from "../../compiler/train/index.ts";
import { modelOf } from "../data/models.ts";

const spec = (train: string) => `model anew
features user { user_id : id(size: 40)  embed 3 }
features item { item_id : id(size: 40)  embed(2, freeze, init: normal(0.5)) }
label click : binary
net { predict click = (concat(user_id, item_id) |> dense(4) |> dense(1)) + weight(item_id) |> sigmoid }
train { batch 4  epochs 3  optimizer adam(0.05)  ${train} }`;
const rows = {
  user_id: Array.from({ length: 8 }, (_, i) => i),
  item_id: Array.from({ length: 8 }, (_, i) => i * 3),
  click: Array.from({ length: 8 }, (_, i) => i % 2),
};

async function opened(train: string): Promise<Training> {
  const training = await openTraining(modelOf(spec(train)), { train: rows });
  onTestFinished(() => training.close());
  return training;
}

const tableOf = (training: Training, name: string) => training.trained().tables.get(name)!.values;
const layersOf = (training: Training) =>
  [...training.trained().parameters.values()].flatMap((values) => [...values]);
/** The row of a user that no training row has. */
const unseen = (training: Training) => [...tableOf(training, "user_id").subarray(3 * 32, 3 * 33)];

test("each epoch begins with numbers drawn for it, and layers and frozen tables go on", async () => {
  const [anew, kept] = [await opened("tables anew"), await opened("")];
  await anew.run({ steps: 2 });
  await kept.run({ steps: 2 });
  // The first epoch is the same, to the bit.
  expect(anew.parameters()).toEqual(kept.parameters());
  expect(tableOf(anew, "user_id")).toEqual(tableOf(kept, "user_id"));
  const [first, frozen] = [unseen(anew), tableOf(anew, "item_id")];
  const layers = layersOf(anew);
  await anew.step();
  await kept.step();
  const second = unseen(anew);
  // A step of Adam moves a weight by about the learning rate.
  for (const [i, weight] of layersOf(anew).entries()) expect(Math.abs(weight - layers[i]!)).toBeLessThan(0.2);
  await anew.run({ steps: 2 });
  const third = unseen(anew);
  expect(unseen(kept)).toEqual(first);
  expect(new Set([first, second, third].map(String)).size).toBe(3);
  expect(tableOf(anew, "item_id")).toEqual(frozen);
});

test("with `for:`, only the named tables begin anew", async () => {
  const training = await opened("tables anew(for: item_id)");
  await training.run({ steps: 2 });
  const before = unseen(training);
  await training.step();
  expect(unseen(training)).toEqual(before);
});

test("evaluation between two epochs has the tables of the epoch that ended", async () => {
  const training = await opened("tables anew");
  await training.run({ steps: 2 });
  const before = await training.predict(rows);
  const again = await training.predict(rows);
  expect(again.logits).toEqual(before.logits);
  await training.step();
  expect((await training.predict(rows)).logits).not.toEqual(before.logits);
});

test("Adam begins anew with the tables, and counts their steps anew", async () => {
  const training = await opened("tables anew");
  await training.run({ steps: 3 });
  const before = tableOf(training, "user_id").slice();
  await training.step();
  const moved = tableOf(training, "user_id").map((value, i) => Math.abs(value - before[i]!));
  // The first gradient g of a row, in the second step: 0.1·g / (1 − 0.9²) over the root of 0.001·g² / (1 − 0.999²).
  const expected = (0.05 * (0.1 / (1 - 0.9 ** 2))) / Math.sqrt(0.001 / (1 - 0.999 ** 2));
  expect(Math.max(...moved)).toBeCloseTo(expected, 4);
});
