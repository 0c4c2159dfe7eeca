// Sets whose values have weights, in the playground: its rows train as they are, whether the page makes them, a file has them or
// a log, and the requests that it ranks have pairs.

import { expect, test } from "vitest";
import { untrainedModel } from "../../compiler/backends/contract/untrained-model.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { openTraining } from "../../compiler/train/index.ts";
import { rowsOfEvents } from "../../playground/workers/own-events.ts";
import { withPasts } from "../../playground/workers/own-impressions.ts";
import { pageRows } from "../../playground/workers/page-rows.ts";
import { requestOf } from "../../playground/workers/request-of-rows.ts";
import { type ShownRow, shownIn } from "../../playground/workers/shown-user.ts";
import { withPairs } from "../../playground/workers/weighted-cells.ts";
import { usersOfEvents, usersOfRows } from "../../runtime/driver/playground-users.ts";
import { configOf, TestFolder } from "../data/files.ts";
import { modelOf } from "../data/models.ts";
import { compiledFrom } from "../serve/compiled.ts";

/** Weights beside the values, in another column, and those of the steps. */
const model = modelOf(`model shop
features user { user_id : id  embed 2 }
features item {
  item_id : id  embed 2
  tags    : set(id, max: 3, weighted)  embed 2
  moods   : set(id, max: 3, pool: sum, weighted(by: fits))  embed 2
}
history clicks(max: 3) {
  item_id <-> past_items
  tags    <-> past_tags
  moods   <-> past_moods
  votes   : set(id, max: 3, weighted(by: shares))  embed 2
}
label click : binary
net { predict click = concat(user_id, item_id, tags, moods, mean(clicks)) |> dense(1) |> sigmoid }
train { batch 4  epochs 1 }
`);

/** A module takes the requests that a page makes of these rows. */
async function expectRanked(rows: readonly ShownRow[], of: Model = model): Promise<unknown> {
  const shown = shownIn(of, withPairs(of, rows));
  const request = requestOf(of, shown.rowsOf(shown.user.history, shown.user.candidates));
  const { ranker } = await compiledFrom(untrainedModel(of, 1, 40));
  expect(ranker.rank(request)).toHaveLength(shown.user.candidates.length);
  return request;
}

const tags = [["a", 0.5]];
const moods = [
  ["x", -2],
  ["y", 0.25],
];
const votes = [["v", 1]];

test("rows of a file have pairs in their requests, whatever columns have the weights", async () => {
  const folder = new TestFolder();
  const header = "user_id,item_id,tags,moods,fits,past_items,past_tags,past_moods,votes,shares,click";
  const path = folder.csv(
    "rows.csv",
    header,
    "u,i,a:0.5,x|y,-2|0.25,j|k,a:0.5|,x:-2;y:0.25|,v|,1|,1",
    "u,k,,,,,,,,,0",
  );
  const shown = await usersOfRows({ model, predict: untrainedModel(model, 1, 4).predict }, path, {}, null);
  if (shown.kind !== "rows") throw new Error("no rows");
  expect(await expectRanked(shown.rows)).toMatchObject({
    history: {
      clicks: [
        { item_id: "j", tags, moods, votes },
        { item_id: "k", tags: [], moods: [], votes: [] },
      ],
    },
    candidates: expect.arrayContaining([{ item_id: "i", tags, moods }]),
  });
});

test("the events of a log have pairs in the steps of later ones, and train", async () => {
  const folder = new TestFolder();
  folder.csv(
    "log.csv",
    "user_id,item_id,t,votes,shares",
    ...["u,i,1,v,1", "u,j,2,,", "u,k,3,v|w,1|2", "w,l,1,,", "w,i,2,,"],
  );
  folder.csv("items.csv", "item_id,tags,moods,fits", "i,a:0.5,x|y,-2|0.25", "j,,,", "k,a:1,x,1", "l,,,");
  const yaml =
    "data: { events: { path: log.csv, user: user_id, item: item_id, order: t }, items: { path: items.csv, key: item_id } }";
  const config = configOf(folder, yaml);
  if (config.kind !== "events") throw new Error("no events");
  const shown = await usersOfEvents(model, config);
  if (shown.kind !== "events") throw new Error("no events");
  const rows = rowsOfEvents(model, 1, "", new Map(Object.entries(shown.columns)), shown.by);
  const { train, some } = rows;
  const training = await openTraining(rows.model, { train, test: train, seed: 1, intervals: false });
  await training.step();
  const { history } = (await expectRanked(some.slice(0, 1))) as { history: { clicks: unknown } };
  expect(history.clicks).toEqual([
    { item_id: "i", tags, moods, votes },
    { item_id: "j", tags: [], moods: [], votes: [] },
  ]);
});

test("impressions have the pairs of earlier clicks", () => {
  const columns = new Map(
    Object.entries({
      ...{ user_id: ["u", "u"], item_id: ["i", "j"], t: [1, 2], click: [1, 0] },
      ...{ tags: ["a:0.5", ""], moods: ["x|y", ""], fits: ["-2|0.25", ""] },
    }),
  );
  const made = withPasts(model, columns, {
    user: "user_id",
    time: "t",
    history: "clicks",
    where: { column: "click", value: "1" },
  });
  expect(made.get("past_moods")).toEqual([[], [moods]]);
});

test.each(["weighted", "weighted(by: fits)"])(
  "simulated films have weights for a spec that has: %s",
  async (option) => {
    const films = modelOf(`model films
features user { user_id : id  embed 2 }
features item { item_id : id  embed 2  genres : set(id, max: 3, ${option})  embed 2 }
history liked(max: 3) { item_id <-> hist_item_id }
label like : binary
net { predict like = concat(user_id, item_id, genres, mean(liked)) |> dense(1) |> sigmoid }
train { batch 64  epochs 1 }
`);
    const { train, test: measured } = pageRows(films, 1);
    const training = await openTraining(films, {
      ...{ train: train.slice(0, 200), test: measured.slice(0, 100) },
      ...{ seed: 1, intervals: false },
    });
    await training.step();
    await expectRanked(measured.slice(0, 50) as readonly ShownRow[], films);
  },
);
