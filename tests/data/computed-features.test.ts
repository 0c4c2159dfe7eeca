// Features with a source: read from its column with a kind of their own, the same in training and in generated code,
// which asks for the value once.

import { describe, expect, it } from "vitest";
import { HashedIds } from "../../compiler/serve/hashing.ts";
import { compiled } from "../serve/compiled.ts";
import { wholeWay } from "../support/whole-way.ts";
import { eventsOf, rowsOf, TestFolder } from "./files.ts";
import { readSplit, readTraining } from "./in-memory.ts";
import { modelOf } from "./models.ts";

const SPEC = `model computed
features user { user_id : id  embed 2 }
features item {
  item_id : id(min_count: 2)  embed 2
  hashed  : id(hash: 11, seed: 3)  from item_id  embed 2
  often   : id(min_count: 4)  from item_id  embed 2
  price   : number |> log1p
  binned  : number |> quantiles(2)  from price  embed 2
}
history clicks(max: 2) {
  item_id <-> hist_item
  dwell   : number
  long    : number |> buckets(10)  from dwell  embed 2
}
label click : binary
net {
  let past = concat(clicks.item_id + clicks.hashed + clicks.often, clicks.dwell, clicks.long)
  predict click = concat(user_id, item_id + hashed + often, price, binned, sum(past), mean(clicks))
    |> dense(1)
    |> sigmoid
}
`;

const ROWS = [
  "user_id,item_id,price,hist_item,dwell,click",
  "u,a,1,,,1",
  "u,b,2,a|b|a,1|2|30,0",
  "v,a,3,b|c,40|5,0",
  "v,c,4,a,10,1",
];
const hashOf = (value: string) => new HashedIds(11, 3).idOf(value);

describe("a feature with a source", () => {
  it("has the values of its source's column, of rows and of steps, with a kind of its own", async () => {
    const folder = new TestFolder();
    const data = rowsOf(folder.csv("train.csv", ...ROWS));
    const model = modelOf(SPEC);
    const { train, fitted } = await readTraining(model, data);
    const steps = train.histories.get("clicks")!;
    expect([...train.ids.get("hashed")!]).toEqual(["a", "b", "a", "c"].map(hashOf));
    expect([...steps.steps.get("hashed")!]).toEqual(["b", "a", "b", "c", "a"].map(hashOf));
    // Both vocabularies count the rows and the steps of one column: a 4, b 3, c 2.
    expect(fitted.vocabularies.get("item_id")).toEqual(["a", "b", "c"]);
    expect(fitted.vocabularies.get("often")).toEqual(["a"]);
    expect([...train.ids.get("often")!]).toEqual([2, 1, 2, 1]);
    expect([...train.ids.get("binned")!]).toEqual([2, 2, 3, 3]);
    expect([...steps.numbers.get("dwell")!]).toEqual([2, 30, 40, 5, 10]);
    expect([...steps.steps.get("long")!]).toEqual([2, 3, 3, 2, 3]);
    const again = await readSplit(model, fitted, data, "train");
    expect([...again!.ids.get("often")!]).toEqual([2, 1, 2, 1]);
  });

  it("goes the whole way: generated code scores the rows as training does, from the source's value", async () => {
    const { comparison } = await wholeWay(SPEC, { "train.csv": `${ROWS.join("\n")}\n` });
    expect(comparison).toMatchObject({ rows: 4, beyondTolerance: 0 });
  });

  it("is not in requests, and hostile values are reported as its source's", async () => {
    const { ranker } = await compiled(SPEC);
    const request = (item: object, step: object) => ({
      user: { user_id: "u" },
      history: { clicks: [step] },
      candidates: [item],
    });
    const [item, step] = [
      { item_id: "a", price: 1 },
      { item_id: "a", dwell: 3 },
    ];
    const scores = ranker.rank(request(item, step));
    const more = request({ ...item, hashed: "other", binned: 99 }, { ...step, long: 99 });
    expect(ranker.rank(more)).toEqual(scores);
    for (const value of [null, undefined, Number.NaN, 0.5, {}, true])
      expect(() => ranker.rank(request({ ...item, item_id: value }, step))).toThrow("candidates[0].item_id");
    for (const value of [null, undefined, Number.NaN, "x", {}])
      expect(() => ranker.rank(request(item, { ...step, dwell: value }))).toThrow("history.clicks[0].dwell");
    // As columns, each has ids of its own.
    const columns = ranker.encodeCandidates([item]);
    expect(Object.keys(columns).sort()).toEqual(["binned", "hashed", "item_id", "often", "price"]);
    expect(ranker.rank({ ...request(item, step), candidates: { columns } })).toEqual(scores);
  });

  it("is computed for rows made from an event log", async () => {
    const folder = new TestFolder();
    const log = folder.csv(
      "log.csv",
      "user_id,item_id,t,dwell,price",
      ...["u,a,1,1,5", "u,b,2,20,6", "u,c,3,3,7", "u,a,4,40,5", "v,d,5,1,9", "v,e,6,1,9"],
    );
    const model = modelOf(SPEC);
    const { train } = await readTraining(model, eventsOf(log));
    const steps = train.histories.get("clicks")!;
    expect(train.ids.get("hashed")!.length).toBe(train.rows);
    const longs = Array.from(steps.numbers.get("dwell")!, (dwell) => (dwell < 10 ? 2 : 3));
    expect([...steps.steps.get("long")!]).toEqual(longs);
    const items = [...steps.steps.get("item_id")!];
    expect(new Set(steps.steps.get("hashed")!).size).toBe(new Set(items).size);
  });
});
