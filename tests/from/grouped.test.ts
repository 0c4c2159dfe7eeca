// A training that goes on from a run, with batches that keep the rows of a user together, and columns that
// only training knows.

import { expect, test } from "vitest";
import { prepareTo } from "../../runtime/driver/prepare-to.ts";
import { Shop, weightsOf } from "./shop.ts";

const shop = new Shop();
shop.write(
  "model.din",
  `model shop
features training {
  size  : number(served: 3) |> log1p
  price : number |> clip(1, 20)
}
features user { user_id : id }
features item { item_id : id(min_count: 2)  embed 4 }
history clicks(max: 5) { item_id <-> clicked }
label click : binary(weight: price)
net {
  let score     = concat(item_id, size, mean(clicks)) |> dense(8, dice) |> dense(1)
  predict click = score |> sigmoid
  loss pairs    = bpr(score, click, by: user_id)
}
train { batch 8  epochs 1  optimizer adam(learning_rate: 1e-3) }
`,
);

test("two trainings of one epoch are one of two, also where groups are larger than batches", async () => {
  const first = await shop.train("first", 0);
  const second = await shop.train("second", 0, { from: "first" });
  const both = await shop.train("both", 0, { set: ["train.epochs=2"] });
  expect(weightsOf(second.run)).toEqual(weightsOf(both.run));
  expect(second.state!.weights).toEqual(both.state!.weights);
  expect(second.state!.tables).toEqual(both.state!.tables);
  expect(weightsOf(first.run)).not.toEqual(weightsOf(both.run));
});

test("on the rows of another day, with new users to group by, raw ones and prepared ones give the same", async () => {
  const raw = await shop.train("raw", 1, { from: "first" });
  await prepareTo(shop.at("model.din"), shop.at("rows"), shop.asked(1, { from: "first" }));
  const prepared = await shop.train("prepared", 1, { from: "first", rows: shop.at("rows") });
  expect(weightsOf(prepared.run)).toEqual(weightsOf(raw.run));
  expect(raw.trained.begun.map(({ split, rows }) => [split, rows])).toEqual([
    ["train", 200],
    ["test", 200],
  ]);
});
