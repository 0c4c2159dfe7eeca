// Event logs to rows by the DIN paper's protocol: no later item in a history, no touched item as a negative.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MemoryRows } from "../../compiler/data/memory-rows.ts";
import { readTraining as readStored } from "../../runtime/data/read-data.ts";
import { runs } from "../support/how-often.ts";
import { eventsOf, rowsOf, TestFolder } from "./files.ts";
import { readSplit, readTraining } from "./in-memory.ts";
import { dinModel, modelOf } from "./models.ts";

interface Event {
  readonly user: string;
  readonly item: string;
  readonly t: number;
}

interface Row {
  readonly user: string;
  readonly item: string;
  readonly label: number;
  readonly history: readonly string[];
}

/** Rows in raw values again, by the vocabulary and the order in which users first appear. */
function decoded(data: MemoryRows, items: readonly string[], users: readonly string[]): Row[] {
  const history = data.histories.get("clicks")!;
  const itemOf = (id: number) => items[id - 2] ?? "unknown";
  return Array.from({ length: data.rows }, (_, row) => ({
    user: users[data.groups.get("user_id")![row]! - 2]!,
    item: itemOf(data.ids.get("item_id")![row]!),
    label: data.labels.get("click")![row]!,
    history: [...history.steps.get("item_id")!.subarray(history.start[row]!, history.end[row]!)].map(itemOf),
  }));
}

/** Each user's items, earliest first; ties keep the order of the rows. */
function sequences(events: readonly Event[]): Map<string, string[]> {
  const byUser = new Map<string, Event[]>();
  for (const event of events) byUser.set(event.user, [...(byUser.get(event.user) ?? []), event]);
  return new Map(
    [...byUser].map(([user, list]) => [user, list.sort((a, b) => a.t - b.t).map(({ item }) => item)]),
  );
}

const ALL_ITEMS = ["a", "b", "c", "d", "e", "f", "g"];
// Two items are never in the log, so that there is always something to sample.
const logs = fc.array(
  fc.record({
    user: fc.constantFrom("u", "v", "w"),
    item: fc.constantFrom(...ALL_ITEMS.slice(0, 5)),
    t: fc.integer({ min: 0, max: 6 }),
  }),
  { minLength: 7, maxLength: 24 },
);

function written(folder: TestFolder, events: readonly Event[], perPositive = 1) {
  const log = folder.csv(
    "log.csv",
    "user_id,item_id,t",
    ...events.map(({ user, item, t }) => `${user},${item},${t}`),
  );
  const items = folder.csv("items.csv", "item_id,cate_id", ...ALL_ITEMS.map((item) => `${item},c${item}`));
  return eventsOf(log, items, perPositive);
}

describe("rows from event logs", () => {
  it("have the past and nothing else in their histories, the last event in the test, and untouched negatives", async () => {
    const folder = new TestFolder();
    // With seven events of three users somebody has three, so that there is a training row.
    await fc.assert(
      fc.asyncProperty(logs, fc.integer({ min: 1, max: 4 }), async (events, max) => {
        const { train, test, fitted } = await readTraining(dinModel({ max }), written(folder, events));
        const items = fitted.vocabularies.get("item_id")!;
        const users = [...new Set(events.map(({ user }) => user))];
        const bySequence = sequences(events);
        const known = (item: string) => (items.includes(item) ? item : "unknown");
        const expected = (user: string, t: number): Row => {
          const sequence = bySequence.get(user)!;
          const history = sequence.slice(Math.max(0, t - max), t).map(known);
          return { user, item: known(sequence[t]!), label: 1, history };
        };
        const targets = (from: number, until: (length: number) => number) =>
          users.flatMap((user) => {
            const { length } = bySequence.get(user)!;
            return Array.from({ length: Math.max(0, until(length) - from) }, (_, i) =>
              expected(user, from + i),
            );
          });
        const trainRows = decoded(train, items, users);
        const testRows = decoded(test!, items, users);
        expect(trainRows.filter(({ label }) => label === 1)).toEqual(targets(1, (length) => length - 1));
        const last = users.flatMap((user) => {
          const { length } = bySequence.get(user)!;
          return length < 2 ? [] : [expected(user, length - 1)];
        });
        expect(testRows.filter(({ label }) => label === 1)).toEqual(last);
        for (const rows of [trainRows, testRows])
          for (const [i, row] of rows.entries()) {
            if (row.label === 1) continue;
            expect(bySequence.get(row.user)).not.toContain(row.item);
            expect(rows[i - 1]).toEqual({ ...row, item: rows[i - 1]!.item, label: 1 });
          }
      }),
      { numRuns: runs(20) },
    );
  });

  const LOG: Event[] = ["a", "b", "c", "d"].map((item, t) => ({ user: "u", item, t }));

  it("draw as many negatives as asked for, uniformly over the untouched items", async () => {
    const { train, fitted } = await readTraining(dinModel(), written(new TestFolder(), LOG, 600));
    const rows = decoded(train, fitted.vocabularies.get("item_id")!, ["u"]);
    expect(rows.length).toBe(2 * 601);
    const counts = ["e", "f", "g"].map((item) => rows.filter((row) => row.item === item).length);
    expect(counts.reduce((sum, count) => sum + count)).toBe(1200);
    // Five standard deviations of a binomial(1200, 1/3).
    for (const count of counts) expect(Math.abs(count - 400)).toBeLessThan(82);
  });

  it("are the same for the same seed, and when one split is read again", async () => {
    const config = written(new TestFolder(), LOG, 20);
    const first = await readTraining(dinModel(), config);
    const second = await readTraining(dinModel(), config);
    expect(second).toEqual(first);
    expect(await readSplit(dinModel(), first.fitted, config, "test")).toEqual(first.test);
    expect(await readSplit(dinModel(), first.fitted, config, "train")).toEqual(first.train);
    expect(await readSplit(dinModel(), first.fitted, config, "valid")).toBeNull();
    const { negatives } = config.examples;
    const other = { ...config, examples: { ...config.examples, negatives: { ...negatives, seed: 1 } } };
    expect((await readTraining(dinModel(), other)).train.ids).not.toEqual(first.train.ids);
  });

  it("have the time of the order for times that the log has no columns of", async () => {
    const model = modelOf(`model aged
features context { now : time }
features item { item_id : id  embed 2 }
history clicks(max: 3) {
  item_id <-> hist_item_id
  at      : time
}
label click : binary
net { predict click = concat(item_id, mean(clicks.item_id), mean(now - clicks.at)) |> dense(1) |> sigmoid }
train { batch 4  epochs 1 }
`);
    const folder = new TestFolder();
    const times = [
      "2024-11-25T10:00:00Z",
      "2024-11-25T11:00:00Z",
      "2024-11-27T00:00:00Z",
      "2024-11-27T00:00:01Z",
    ];
    const items = folder.csv("items.csv", "item_id", ...ALL_ITEMS);
    const logOf = (name: string, more: readonly string[]) =>
      folder.csv(
        name,
        ["user_id,item_id,t", ...more].join(),
        ...times.map((time, i) => [`u,${ALL_ITEMS[i]},${time}`, ...more.map(() => time)].join()),
      );
    const { train, test } = await readTraining(model, eventsOf(logOf("short.csv", []), items));
    const named = await readTraining(model, eventsOf(logOf("long.csv", ["now", "at"]), items));
    expect([train, test]).toEqual([named.train, named.test]);
    // Days from 2000 on, and seconds of the day.
    expect([...train.numbers.get("now")!.subarray(0, 2)]).toEqual([9095, 39_600]);
    expect([...train.histories.get("clicks")!.numbers.get("at")!.subarray(0, 2)]).toEqual([9095, 36_000]);
    // By the clocks of `events.time_zone`, whatever a time looks like that puts events in order.
    const local = folder.csv(
      "local.csv",
      "user_id,item_id,t",
      ...["2024/11/25 11:00", "20241125T120000", "2024-11-27", "2024-11-27T01:00:01+01:00"].map(
        (time, i) => `u,${ALL_ITEMS[i]},${time}`,
      ),
    );
    const config = eventsOf(local, items);
    const zoned = await readTraining(model, {
      ...config,
      events: { ...config.events, timeZone: "Europe/Berlin" },
    });
    expect(zoned.train.histories).toEqual(train.histories);
    expect([...zoned.train.numbers.get("now")!]).toEqual([
      9095, 39_600, 9095, 39_600, 9096, 82_800, 9096, 82_800,
    ]);
  });

  it("keep the digits of nanoseconds and read dates and times", async () => {
    const orders = [
      ["1732500000000000001", "1732500000000000000", "1732500000000000002"],
      ["2024-11-25 10:00:00.000002", "2024-11-25 10:00:00.000001", "2024-11-26"],
      ["-1", "-1.5", "0.25"],
    ];
    for (const times of orders) {
      const folder = new TestFolder();
      const lines = ["a", "b", "c"].map((item, i) => `u,${item},${times[i]}`);
      const log = folder.csv("log.csv", "user_id,item_id,t", ...lines);
      const items = folder.csv("items.csv", "item_id,cate_id", ...ALL_ITEMS.map((item) => `${item},x`));
      const { test, fitted } = await readTraining(dinModel(), eventsOf(log, items));
      const [positive] = decoded(test!, fitted.vocabularies.get("item_id")!, ["u"]);
      // b comes first; a is the only training target, so c is unknown.
      expect(positive!.history).toEqual(["b", "a"]);
    }
  });

  it("sort a Parquet log by its timestamps", async () => {
    const folder = new TestFolder();
    const log = await folder.parquet(
      "log.parquet",
      "SELECT 1 AS user_id, unnest(['a', 'b', 'c']) AS item_id, unnest([TIMESTAMP '2024-01-02', TIMESTAMP '2024-01-01', TIMESTAMP '2024-01-03']) AS t",
    );
    const items = folder.csv("items.csv", "item_id,cate_id", ...ALL_ITEMS.map((item) => `${item},x`));
    const { test, fitted } = await readTraining(dinModel(), eventsOf(log, items));
    expect(decoded(test!, fitted.vocabularies.get("item_id")!, ["1"])[0]!.history).toEqual(["b", "a"]);
  });

  it("take user features from the users table, context from the event, item features from the items table", async () => {
    const folder = new TestFolder();
    const log = folder.csv(
      "log.csv",
      "user_id,item_id,t,hour",
      "u,a,1,1",
      "u,b,2,2",
      "u,c,3,3",
      "v,a,1,4",
      "v,c,2,5",
    );
    const items = folder.csv("items.csv", "item_id,price", "a,1", "b,2", "c,3", "d,4");
    const users = folder.csv("users.csv", "id,gender", "v,f", "u,m");
    const model = modelOf(`model wide
features user { gender : enum("f", "m") embed 2 }
features item {
  item_id : id embed 2
  price : number
}
features context { hour : int(0..23) embed 2 }
history clicks(max: 5) { item_id <-> hist_item_id }
label click : binary
net { predict click = concat(gender, price, hour, item_id, sum(clicks)) |> dense(1) |> sigmoid }
train {
  loss binary_cross_entropy
  optimizer sgd(learning_rate: 0.1)
  batch 4 epochs 1
  metrics auc
}
`);
    const { train, test, fitted } = await readTraining(model, {
      ...eventsOf(log, items),
      users: { path: users, key: "id" },
    });
    // u: b at hour 2; test: c at hour 3; v: test c at hour 5. Each with a negative of the same context.
    expect([...train.ids.get("gender")!]).toEqual([3, 3]);
    expect([...train.ids.get("hour")!]).toEqual([4, 4]);
    expect(train.numbers.get("price")![0]).toBe(2);
    expect([...test!.ids.get("gender")!]).toEqual([2, 2, 3, 3]);
    expect([...test!.ids.get("hour")!]).toEqual([7, 7, 5, 5]);
    const vocabulary = fitted.vocabularies.get("item_id")!;
    for (const data of [train, test!])
      for (const [row, id] of data.ids.get("item_id")!.entries()) {
        const price = data.numbers.get("price")![row]!;
        if (id > 1) expect(vocabulary[id - 2]).toBe("abcd"[price - 1]);
      }
  });

  it("give steps the numbers of their items, and what only the event has from the log", async () => {
    const folder = new TestFolder();
    const log = folder.csv(
      "log.csv",
      "user_id,item_id,t,dwell,action",
      ...[
        "u,b,2,20,cart",
        "u,a,1,10,view",
        "u,c,3,30,view",
        "u,a,4,40,view",
        "v,c,1,50,cart",
        "v,a,2,60,buy",
      ],
    );
    const items = folder.csv("items.csv", "item_id,price", "a,1", "b,2", "c,4", "d,8", "e,16");
    const spec = `model own
features item {
  item_id : id embed 2
  price   : number |> min_max
}
history clicks(max: 2) {
  item_id <-> hist_item_id
  price   <-> hist_price
  dwell   : number |> min_max
  action  : id  embed 2
}
history recent(max: 1) { dwell : number }
label click : binary
net { predict click = concat(item_id, price, sum(clicks), sum(recent)) |> dense(1) |> sigmoid }
`;
    const { train, test, fitted } = await readTraining(modelOf(spec), eventsOf(log, items));
    const stepsOf = (data: MemoryRows, name: string, field: string, row: number) => {
      const { start, end, steps, numbers } = data.histories.get(name)!;
      return [...(numbers.get(field) ?? steps.get(field)!).subarray(start[row]!, end[row]!)];
    };
    // Training: u at b (after a) and at c (after a, b), a negative each; test: u at a, v at a.
    expect(train.rows).toBe(4);
    expect(fitted.transforms.get("clicks.dwell")).toEqual([[10, 10]]);
    expect(stepsOf(train, "clicks", "dwell", 2)).toEqual([0, 1]);
    expect(stepsOf(train, "recent", "dwell", 2)).toEqual([20]);
    expect(fitted.vocabularies.get("clicks.action")).toEqual(["view", "cart"]);
    expect(stepsOf(train, "clicks", "action", 2)).toEqual([2, 3]);
    expect(stepsOf(test!, "clicks", "dwell", 0)).toEqual([1, 2]);
    expect(stepsOf(test!, "clicks", "action", 2)).toEqual([3]);
    const prices = train.numbers.get("price")!;
    const [[least, range]] = fitted.transforms.get("price") as [[number, number]];
    expect(least).toBe(1);
    expect(stepsOf(train, "clicks", "price", 2)).toEqual([0, Math.fround(1 / range)]);
    expect(prices[0]).toBe(Math.fround(1 / range));
    const again = await readSplit(modelOf(spec), fitted, eventsOf(log, items), "test");
    expect(again).toEqual(test);
    // Splits share the steps.
    const stored = await readStored(modelOf(spec), eventsOf(log, items));
    expect(stored.test!.events).toBe(stored.train.events);
  });

  it("sample from the log's items where there is no items table", async () => {
    const folder = new TestFolder();
    const log = folder.csv(
      "log.csv",
      "user_id,item_id,t,cate_id",
      "u,a,1,x",
      "u,b,2,x",
      "u,c,3,y",
      "v,d,1,z",
    );
    const { train, fitted } = await readTraining(dinModel(), eventsOf(log));
    expect(decoded(train, fitted.vocabularies.get("item_id")!, ["u", "v"])).toEqual([
      { user: "u", item: "b", label: 1, history: ["a"] },
      { user: "u", item: "d", label: 0, history: ["a"] },
    ]);
    expect([...train.ids.get("cate_id")!].map((id) => fitted.vocabularies.get("cate_id")![id - 2])).toEqual([
      "x",
      "z",
    ]);
  });

  const CATALOGUE = ["id,price", ...ALL_ITEMS.map((item, price) => `${item},${price}`)];
  const inLog = (options: string) =>
    modelOf(`model catalogue
features item {
  item_id : id  embed 2
  price   : number
  cate_id : id${options}  embed 2
}
history clicks(max: 3) { item_id <-> hist_item_id }
label click : binary
net { predict click = concat(item_id, price, cate_id, mean(clicks)) |> dense(1) |> sigmoid }
train { batch 4  epochs 1 }
`);

  it("have the ids of items that are in no event, whatever the items table calls its keys", async () => {
    const folder = new TestFolder();
    const log = folder.csv("log.csv", "user_id,item_id,t,cate_id", "u,a,1,x", "u,b,2,y", "u,c,3,z");
    const items = folder.csv("items.csv", ...CATALOGUE);
    const config = eventsOf(log, null, 40);
    const { train, fitted } = await readTraining(inLog("(missing: unknown)"), {
      ...config,
      items: { path: items, key: "id" },
    });
    const prices = train.numbers.get("price")!;
    const ids = train.ids.get("item_id")!;
    expect(new Set(ids).size).toBe(5);
    for (const [row, id] of ids.entries())
      expect(fitted.vocabularies.get("item_id")![id - 2]).toBe(ALL_ITEMS[prices[row]!]);
    // What only the log says of items is missing of those that are in no event.
    const [first, ...drawn] = train.ids.get("cate_id")!;
    expect(fitted.vocabularies.get("cate_id")![first! - 2]).toBe("y");
    expect(new Set(drawn)).toEqual(new Set([1]));
  });

  it("are refused where a drawn item lacks what only the log says of items", async () => {
    const folder = new TestFolder();
    const log = folder.csv("log.csv", "user_id,item_id,t,cate_id", "u,a,1,x", "u,b,2,y", "u,c,3,z");
    const config = {
      ...eventsOf(log),
      items: { path: folder.csv("items.csv", ...CATALOGUE), key: "id" },
    };
    expect(await folder.said(() => readStored(inLog(""), config))).toMatchInlineSnapshot(`
      "error[DIN0588 item-in-no-event]: this item is in no event, and only the log has \`cate_id\` (and 3 more like this)
       --> items.csv, row 4
       ::: model.din:5:3
        |
      5 |   cate_id : id  embed 2
        |   ------- declared here
        = help: give the items table the column \`cate_id\`, or say in the spec what a missing value counts as, as in \`id(missing: unknown)\` and \`number(missing: 0)\`
      "
    `);
  });

  it("equal example rows with the same content", async () => {
    const folder = new TestFolder();
    const config = written(folder, LOG);
    const made = await readTraining(dinModel(), config);
    const items = made.fitted.vocabularies.get("item_id")!;
    const lines = decoded(made.train, items, ["u"]).map(({ user, item, label, history }) =>
      [user, item, `c${item}`, history.join("|"), history.map((step) => `c${step}`).join("|"), label].join(
        ",",
      ),
    );
    const path = folder.csv("rows.csv", "user_id,item_id,cate_id,hist_item_id,hist_cate_id,click", ...lines);
    const read = await readTraining(dinModel(), rowsOf(path));
    expect(read.fitted).toEqual(made.fitted);
    expect(decoded(read.train, items, ["u"])).toEqual(decoded(made.train, items, ["u"]));
  });
});
