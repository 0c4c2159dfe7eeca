// Rows that the page makes of an event log.

import { expect, test } from "vitest";
import { openTraining } from "../../compiler/train/index.ts";
import { rowsOfEvents } from "../../playground/workers/own-events.ts";
import { modelOf } from "../data/models.ts";

test("a label of the log is also what the steps of a history have", async () => {
  const films = modelOf(`model films
features user { user_id : id  embed 2 }
features item { item_id : id  embed 2 }
history rated(max: 3) {
  item_id <-> past_items
  rating  : id  embed 2
}
label rating : number
net { predict rating = concat(user_id, item_id, mean(rated)) |> dense(1) }
train { batch 4  epochs 1 }
`);
  const columns = new Map(
    Object.entries({
      ...{ user_id: ["u", "u", "u", "w", "w", "w"], item_id: ["i", "j", "k", "i", "k", "l"] },
      ...{ rating: [5, 3, 4, 1, 2, 5], t: [1, 2, 3, 1, 2, 3] },
    }),
  );
  const by = { user: "user_id", item: "item_id", order: "t" };
  const { model, train, test: measured, some } = rowsOfEvents(films, 1, "log", columns, by);
  expect(some).toMatchObject([
    { rating: 4, past_items: ["i", "j"], "rated.rating": [5, 3] },
    { rating: 5, past_items: ["i", "k"], "rated.rating": [1, 2] },
  ]);
  const training = await openTraining(model, { train, test: measured, seed: 1, intervals: false });
  expect((await training.step()).stepLoss).toBeGreaterThan(0);
});
