// Labels that are columns of an event log: each event has its own, and a drawn item has 0 or none.

import { describe, expect, it } from "vitest";
import { noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import type { EventsConfig } from "../../compiler/frontend/config/config.ts";
import { eventsOf, TestFolder } from "./files.ts";
import { readSplit, readTraining } from "./in-memory.ts";
import { modelOf } from "./models.ts";

interface Event {
  readonly user: string;
  readonly item: string;
  readonly stars: number | null;
  readonly watch: number;
}

/** In the order of the log, in which users take turns. */
const EVENTS: readonly Event[] = Array.from({ length: 30 }, (_, i) => ({
  user: `u${i % 3}`,
  item: `i${(i * 7) % 11}`,
  stars: i % 5 === 2 ? null : 1 + ((i * i) % 5),
  watch: i / 4,
}));

/** Unsaid, labels decide on the negatives. */
function configOf(folder: TestFolder, perPositive: number | null, columns = "stars,watch"): EventsConfig {
  const log = folder.csv(
    "log.csv",
    `user_id,item_id,t,${columns}`,
    ...EVENTS.map(({ user, item, stars, watch }, t) => [user, item, t, stars ?? "", watch].join(",")),
  );
  const items = folder.csv("items.csv", "item_id", ...Array.from({ length: 20 }, (_, i) => `i${i}`));
  const config = eventsOf(log, items);
  return {
    ...config,
    examples: { ...config.examples, negatives: { ...config.examples.negatives, perPositive } },
  };
}

const spec = (labels: string, predictions: string) =>
  modelOf(`model rated
features user { user_id : id  embed 2 }
features item { item_id : id  embed 2 }
history seen(max: 3) {
  item_id <-> seen_item_id
  watch   : number
}
${labels}
net {
  let x = concat(item_id, mean(concat(seen.item_id, seen.watch)), user_id)
${predictions}
}
train { batch 4  epochs 1 }
`);

/** The targets of training: of each user all events but the first and the last; those of the test are the last. */
const targets = (split: "train" | "test") =>
  ["u0", "u1", "u2"].flatMap((user) => {
    const own = EVENTS.filter((event) => event.user === user);
    return (split === "train" ? own.slice(1, -1) : own.slice(-1)).map((event) => ({
      event,
      past: own.slice(Math.max(0, own.indexOf(event) - 3), own.indexOf(event)),
    }));
  });

const column = (values: Float32Array | undefined) => [...values!];

describe("labels of an event log", () => {
  it("are its columns where no label says that something happened: no item is drawn, and histories have the past", async () => {
    const model = spec("label watch : number", "  predict watch = x |> dense(1)");
    const config = configOf(new TestFolder(), null);
    const { train, test, fitted } = await readTraining(model, config);
    expect(column(train.labels.get("watch"))).toEqual(targets("train").map(({ event }) => event.watch));
    expect(column(test!.labels.get("watch"))).toEqual(targets("test").map(({ event }) => event.watch));
    const { steps, start, end, numbers } = train.histories.get("seen")!;
    const items = fitted.vocabularies.get("item_id")!;
    for (const [row, { past }] of targets("train").entries()) {
      const [from, to] = [start[row]!, end[row]!];
      // The first event of a user is no target, so its item may be unknown, which is 1.
      const ids = past.map(({ item }) => items.indexOf(item) + 2);
      expect([...steps.get("item_id")!.subarray(from, to)]).toEqual(ids);
      expect([...numbers.get("watch")!.subarray(from, to)]).toEqual(past.map(({ watch }) => watch));
    }
    expect(await readSplit(model, fitted, config, "test")).toEqual(test);
  });

  it("may be missing in an event, and are in every drawn item, whose rows weigh nothing then", async () => {
    const model = spec(
      "label click : binary\nlabel stars : int(1..5, missing: none)\nlabel watch : number(missing: none, weight: stars)",
      "  predict click = x |> dense(1) |> sigmoid\n  predict stars = x |> dense(5) |> softmax\n  predict watch = x |> dense(1)",
    );
    const { train } = await readTraining(model, configOf(new TestFolder(), 2));
    const rows = targets("train").flatMap(({ event }) => [event, null, null]);
    const of = (value: (event: Event) => number) => rows.map((event) => (event === null ? 0 : value(event)));
    // Classes are numbered from 0.
    const stars = of((event) => (event.stars ?? 1) - 1);
    expect(Object.fromEntries([...train.labels].map(([name, values]) => [name, [...values]]))).toEqual({
      click: of(() => 1),
      stars,
      "present/stars": of((event) => Number(event.stars !== null)),
      watch: of((event) => event.watch),
      "present/watch": of(() => 1),
      "weight/watch": stars,
    });
  });

  it("by a rule are 1 for some events, and 0 for others and for drawn items", async () => {
    const label = { name: null, from: "stars", positive: [">= 3"], negative: null, location: noLocation };
    const model = spec("label liked : binary(missing: none)", "  predict liked = x |> dense(1) |> sigmoid");
    const liked = targets("train").map(({ event }) => Number((event.stars ?? 0) >= 3));
    const alone = await readTraining(model, { ...configOf(new TestFolder(), null), label });
    expect(column(alone.train.labels.get("liked"))).toEqual(liked);
    const plain = spec("label liked : binary", "  predict liked = x |> dense(1) |> sigmoid");
    const byWatch = { ...label, from: "watch" };
    const drawn = await readTraining(plain, { ...configOf(new TestFolder(), 1), label: byWatch });
    expect(column(drawn.train.labels.get("liked"))).toEqual(
      targets("train").flatMap(({ event }) => [Number(event.watch >= 3), 0]),
    );
  });

  it("are told where an item that is drawn has none, and where nobody would read a column", async () => {
    const folder = new TestFolder();
    const said = (labels: string, predictions: string, perPositive: number | null, columns?: string) =>
      folder.said(() => readTraining(spec(labels, predictions), configOf(folder, perPositive, columns)));
    const both = "  predict click = x |> dense(1) |> sigmoid\n  predict watch = x |> dense(1)";
    expect(await said("label click : binary\nlabel watch : number", both, null)).toMatchInlineSnapshot(`
      "error[DIN0696 label-of-drawn-items]: items that are drawn as negatives have no \`watch\`
       --> model.din:9:7
        |
      9 | label watch : number
        |       ^^^^^
        = help: allow rows without it, as \`number(missing: none)\`, so that the model learns it from events alone
      "
    `);
    const weighed = "label click : binary(weight: watch)\nlabel watch : number(missing: none)";
    expect(await said(weighed, both, null)).toMatchInlineSnapshot(`
      "error[DIN0696 label-of-drawn-items]: items that are drawn as negatives have no \`watch\`, so \`weight: watch\` would leave them out of \`click\`
       --> model.din:9:7
        |
      9 | label watch : number(missing: none)
        |       ^^^^^
        = help: leave out the weight of \`click\`, or give \`click\` as a column with \`negatives: { per_positive: 0 }\`
      "
    `);
    expect(await said("label watch : number", "  predict watch = x |> dense(1)", 1)).toMatchInlineSnapshot(`
      "error[DIN0696 label-of-drawn-items]: items that are drawn as negatives have no \`watch\`
       --> model.din:8:7
        |
      8 | label watch : number
        |       ^^^^^
        = help: write \`negatives: { per_positive: 0 }\` under \`data.examples\` of dinc.yaml, or leave \`negatives\` out; then every row is an event
      "
    `);
    expect(
      await said("label stars : binary", "  predict stars = x |> dense(1) |> sigmoid", null),
    ).toMatchInlineSnapshot(`
      "error[DIN0567 label-beside-column]: the log has a column \`stars\`, but the label \`stars\` is 1 for every event and 0 for items that are drawn
       --> log.csv, column stars
       ::: model.din:8:7
        |
      8 | label stars : binary
        |       ----- declared here
        = help: to learn from the column, write \`label: { name: stars, positive: 1 }\` under \`data\`, or \`negatives: { per_positive: 0 }\` under \`data.examples\`; otherwise give the label another name
      "
    `);
    expect(
      await said("label stars : number", "  predict stars = x |> dense(1)", null),
    ).toMatchInlineSnapshot(`
      "error[DIN0545 missing-value]: \`stars\` has no value here (and 5 more like this)
       --> log.csv, row 3, column stars
       ::: model.din:8:7
        |
      8 | label stars : number
        |       ----- declared here
      "
    `);
    expect(
      await said("label rating : number", "  predict rating = x |> dense(1)", null),
    ).toMatchInlineSnapshot(`
      "error[DIN0543 missing-column]: the data has no column \`rating\`, which the label \`rating\` is read from
       --> log.csv, column rating
       ::: model.din:8:7
        |
      8 | label rating : number
        |       ------ declared here
        = help: The columns are \`user_id\`, \`item_id\`, \`t\`, \`stars\`, \`watch\`
      "
    `);
  });
});
