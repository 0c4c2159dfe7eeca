// What is said about event logs and their tables that no rows can be made of.

import { describe, expect, it } from "vitest";
import { readTraining } from "../../runtime/data/read-data.ts";
import { eventsOf, TestFolder } from "./files.ts";
import { dinModel, modelOf } from "./models.ts";

describe("mistakes in event logs", () => {
  const LOG = ["user_id,item_id,t", "u,a,1", "u,b,2", "u,c,3"];
  const ITEMS = ["item_id,cate_id", "a,x", "b,x", "c,y", "d,y"];

  function saidOfEvents(
    events: readonly string[],
    items: readonly string[] | null,
    model = dinModel(),
  ): Promise<string> {
    const folder = new TestFolder();
    const config = eventsOf(
      folder.csv("events.csv", ...events),
      items === null ? null : folder.csv("items.csv", ...items),
    );
    return folder.said(() => readTraining(model, config));
  }

  it("an item without a row in the items table", async () => {
    expect(await saidOfEvents([...LOG, "u,e,4", "u,f,5"], ITEMS)).toMatchInlineSnapshot(`
      "error[DIN0555 key-unknown]: \`item_id\` is "e", but items.csv has no row for it (and 1 more like this)
       --> events.csv, row 4, column item_id
      "
    `);
  });

  it("an item twice in the items table, one without a key", async () => {
    expect(await saidOfEvents(LOG, [...ITEMS, "b,y", ",x"])).toMatchInlineSnapshot(`
      "error[DIN0554 key-twice]: \`item_id\` is "b" again, as in row 2
       --> items.csv, row 5, column item_id

      error[DIN0545 missing-value]: \`item_id\` has no value here (and 1 more like this)
       --> items.csv, row 6, column item_id
      "
    `);
  });

  it("events that cannot be put in order", async () => {
    expect(await saidOfEvents([...LOG, "u,a,later", "u,a,2020-01-01", "u,a,"], ITEMS)).toMatchInlineSnapshot(`
      "error[DIN0556 not-an-order]: \`t\` is "later", which cannot be compared with the numbers of the other rows (and 1 more like this)
       --> events.csv, row 4, column t

      error[DIN0545 missing-value]: \`t\` has no value here
       --> events.csv, row 6, column t
      "
    `);
    expect(await saidOfEvents(["user_id,item_id,t", "u,a,soon"], ITEMS)).toMatchInlineSnapshot(`
      "error[DIN0556 not-an-order]: \`t\` is "soon", which cannot be compared with anything
       --> events.csv, row 1, column t
      "
    `);
  });

  it("missing columns of an event log", async () => {
    expect(await saidOfEvents(["user,item_id,time", "u,a,1"], ITEMS)).toMatchInlineSnapshot(`
      "error[DIN0543 missing-column]: the data has no column \`user_id\`, which \`events.user\` names
       --> events.csv, column user_id
        = help: did you mean \`user\`? The columns are \`user\`, \`item_id\`, \`time\`

      error[DIN0543 missing-column]: the data has no column \`t\`, which \`events.order\` names
       --> events.csv, column t
        = help: The columns are \`user\`, \`item_id\`, \`time\`
      "
    `);
    expect(await saidOfEvents(LOG, ["item_id,cat_id", "a,x"])).toMatchInlineSnapshot(`
      "error[DIN0543 missing-column]: the data has no column \`cate_id\`, which the feature \`cate_id\` is read from
       --> items.csv, column cate_id
       ::: model.din:5:3
        |
      5 |   cate_id : id  embed 2
        |   ------- declared here
        = help: did you mean \`cat_id\`? The columns are \`item_id\`, \`cat_id\`
      "
    `);
  });

  it("a user who touched everything", async () => {
    expect(await saidOfEvents([...LOG, "v,a,1", "u,d,4"], ITEMS)).toMatchInlineSnapshot(`
      "error[DIN0557 nothing-left-to-sample]: user u has events with all 4 items, so no negative can be drawn
       --> events.csv, row 5
      "
    `);
  });

  it("users with too few events, no events at all", async () => {
    expect(
      await saidOfEvents(["user_id,item_id,t", "u,a,1", "u,b,2", "v,a,1"], ITEMS),
    ).toMatchInlineSnapshot(`
      "error[DIN0558 no-examples]: the events of 2 users give no training rows
       --> events.csv
      "
    `);
    expect(await saidOfEvents(["user_id,item_id,t"], ITEMS)).toMatchInlineSnapshot(`
      "error[DIN0542 no-rows]: there are no rows to read: the event log has none
       --> events.csv
      "
    `);
  });

  it("two fields bound to one feature, which an event has once", async () => {
    const folder = new TestFolder();
    const log = folder.csv("log.csv", "user_id,item_id,t", "u,a,1", "u,b,2", "u,c,3");
    const model = modelOf(`model moving
features item { item_id : id  embed 2 }
history moves(max: 3) {
  item_id <-> from_item
  item_id <-> to_item
}
label click : binary
net { predict click = concat(item_id, mean(moves)) |> dense(1) |> sigmoid }
`);
    const said = await folder.said(() => readTraining(model, eventsOf(log)));
    expect(said).toMatchInlineSnapshot(`
      "error[DIN0592 one-item-an-event]: a step made from an event has one \`item_id\`, but \`moves\` binds \`from_item\` and \`to_item\` to it
       --> model.din:5:3
        |
      5 |   item_id <-> to_item
        |   ^^^^^^^^^^^^^^^^^^^
      "
    `);
  });

  it("a second label, which the log has no column of", async () => {
    const model = modelOf(`model two
features item { item_id : id embed 2 }
label click : binary
label buy : binary
net {
  predict click = item_id |> dense(1) |> sigmoid
  predict buy = item_id |> dense(1) |> sigmoid
}
train {
  loss binary_cross_entropy
  optimizer sgd(learning_rate: 0.1)
  batch 4 epochs 1
  metrics auc
}
`);
    expect(await saidOfEvents(LOG, ["item_id", "a", "b", "c", "d"], model)).toMatchInlineSnapshot(`
      "error[DIN0543 missing-column]: the data has no column \`buy\`, which the label \`buy\` is read from
       --> events.csv, column buy
       ::: model.din:4:7
        |
      4 | label buy : binary
        |       --- declared here
        = help: The columns are \`user_id\`, \`item_id\`, \`t\`
      "
    `);
  });
});
