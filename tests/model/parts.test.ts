// Parts of a model that settings name: which weights and tables they have, and that a step changes them by
// their own optimizer.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openTraining } from "../../compiler/train/index.ts";
import { modelOf } from "../data/models.ts";

test("a statement has its layers and the tables made in it, a feature its tables, and `tables` the rest of them", () => {
  const spec = readFileSync(new URL("../good/domains-and-parts.din", import.meta.url), "utf8");
  const { partOptimizers, shrinkages } = modelOf(spec).train;
  const parts = partOptimizers.map(({ part }) => part);
  expect(parts).toEqual([
    {
      names: ["wide"],
      tables: ["user_id.weight", "age.weight", "item_id.weight"],
      weights: ["net.wide", "net.price.weight"],
    },
    { names: ["profile", "clicks"], tables: ["user_id", "age", "clicks.page"], weights: [] },
    { names: ["buy"], tables: [], weights: ["net.buy"] },
    { names: ["tables"], tables: ["item_id"], weights: [] },
  ]);
  // What is pulled to 0 need not be one optimizer's alone.
  expect(shrinkages.map(({ part }) => part?.tables)).toEqual([
    [],
    ["item_id.weight", "item_id"],
    ["user_id.weight", "age.weight", "user_id", "age"],
  ]);
});

test("each part moves by its own optimizer", async () => {
  const model = modelOf(`model moved
features user { user_id : id(size: 5)  embed 2 }
features item { item_id : id(size: 5)  embed 2 }
label click : binary
net {
  let wide      = weight(user_id) + (item_id |> linear(1))
  predict click = wide + (concat(user_id, item_id) |> dense(1)) |> sigmoid
}
train { batch 5  epochs 2  optimizer sgd(0.5), sgd(1e-12, for: [wide, item_id]) }`);
  const rows = Array.from({ length: 20 }, (_, i) => ({
    user_id: i % 5,
    item_id: (3 * i) % 5,
    click: i % 3 === 0 ? 1 : 0,
  }));
  const training = await openTraining(model, { train: rows });
  const before = training.trained();
  await training.run();
  const after = training.trained();
  const moved = [
    ...[...after.parameters].filter(([name, values]) =>
      values.some((value, i) => Math.abs(value - before.parameters.get(name)![i]!) > 1e-6),
    ),
    ...[...after.tables].filter(([name, { values }]) =>
      values.some((value, i) => Math.abs(value - before.tables.get(name)!.values[i]!) > 1e-6),
    ),
  ].map(([name]) => name);
  expect(moved.sort()).toEqual(["net.click.dense_1.bias", "net.click.dense_1.kernel", "user_id"]);
  await training.close();
});
