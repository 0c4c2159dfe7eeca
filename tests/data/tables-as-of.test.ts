// Tables as of a time: each impression, and each event of a log, gets the newest row that is not later. Random changes are
// compared with a definition in plain loops.

import { rmSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { runs } from "../support/how-often.ts";
import { configOf, TestFolder } from "./files.ts";
import { readTraining } from "./in-memory.ts";
import { modelOf } from "./models.ts";
import {
  event,
  model,
  numbered,
  SHOWN,
  type StepRule,
  scales,
  shown,
  shownLine,
  stepsOf,
  time,
  valuesOf,
  writeLog,
} from "./random-logs.ts";

describe("tables as of a time", () => {
  it("tell a bad cell with its own file and row, and a missing key once", async () => {
    const stocked = modelOf(`model stocked
features user { user_id : id }
features item { item_id : id  embed 2  price : number }
history clicks(max: 2) { item_id <-> a  stock : number }
label click : binary
net { predict click = concat(item_id, price, mean(clicks)) |> dense(1) |> sigmoid }
train { batch 4  epochs 1 }
`);
    const folder = new TestFolder();
    folder.csv("rows.csv", "user_id,item_id,shown_at,click", "u,a,1,1", "u,b,2,1", "u,,3,0");
    folder.csv("items.csv", "item_id,price,stock", "a,1,3", "b,2,none");
    const yaml = `data:
  train: rows.csv
  impressions: { user: user_id, time: shown_at, tables: { items: { path: items.csv, key: item_id } } }
`;
    const told = async () => {
      const failed = await readTraining(stocked, configOf(folder, yaml)).catch((error: unknown) => error);
      const { diagnostics } = failed as DiagnosticError;
      return diagnostics.map(({ code, location }) =>
        location.kind === "data" ? [code, location.data.path.split("/").at(-1), location.data.row] : [code],
      );
    };
    const [[, file, row] = []] = await told();
    expect([file, row]).toEqual(["items.csv", 2]);
    folder.csv("items.csv", "item_id,price,stock", "a,1,3", "b,2,4");
    expect(await told()).toEqual([["DIN0545", "rows.csv", 3]]);
  });

  it("leave a time that cannot be read to its own finding", async () => {
    const priced = modelOf(`model priced
features item { item_id : id  embed 2  price : number }
label click : binary
net { predict click = concat(item_id, price) |> dense(1) |> sigmoid }
train { batch 4  epochs 1 }
`);
    const folder = new TestFolder();
    folder.csv("rows.csv", "user_id,item_id,shown_at,click", "u,a,5,1", "u,a,soon,0");
    folder.csv("items.csv", "item_id,since,price", "a,1,2");
    const yaml = `data:
  train: rows.csv
  impressions: { user: user_id, time: shown_at, tables: { items: { path: items.csv, key: item_id, as_of: since } } }
`;
    const failed = await readTraining(priced, configOf(folder, yaml)).catch((error: unknown) => error);
    const { diagnostics } = failed as DiagnosticError;
    expect(diagnostics.map(({ location }) => location.kind === "data" && location.data.column)).toEqual([
      "shown_at",
    ]);
  });

  it("give rows, and events, the newest row that is not later", async () => {
    const change = fc.record({
      item: fc.integer({ min: 0, max: 2 }),
      t: time,
      price: fc.integer({ min: 1, max: 99 }),
    });
    const cases = fc.record({
      changes: fc.uniqueArray(change, {
        minLength: 1,
        maxLength: 12,
        selector: ({ item, t }) => `${item} ${t}`,
      }),
      events: fc.array(event, { minLength: 1, maxLength: 20 }).map(numbered),
      rows: fc.array(shown, { minLength: 2, maxLength: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ changes, events, rows }) => {
        const folder = new TestFolder();
        folder.csv("shown.csv", SHOWN.replace("price", "was"), ...rows.map(shownLine("seconds")));
        writeLog(folder, "log", events, [], "texts", "was");
        folder.csv(
          "prices.csv",
          "item_id,price,since",
          ...changes.map(({ item, t, price }) => `${item},${price},${scales.milliseconds.at(t)}`),
        );
        const data = configOf(
          folder,
          `data:
  train: shown.csv
  impressions:
    user: user_id
    time: shown_at
    log: { path: log, user: who, time: at }
    tables:
      prices: { path: prices.csv, key: item_id, as_of: since }
`,
        );
        const { train } = await readTraining(model, data);
        const priceAt = (item: number, t: number) =>
          changes
            .filter((each) => each.item === item && each.t <= t)
            .toSorted((a, b) => a.t - b.t)
            .at(-1)?.price ?? 0;
        expect([...train.numbers.get("price")!]).toEqual(rows.map(({ item, t }) => priceAt(item, t)));
        const all: StepRule = { kinds: ["click", "cart", "view"], delay: 0, window: null, gap: null, max: 5 };
        expect(valuesOf(train, "carts", "price")).toEqual(
          rows.map((row) => stepsOf(row, events, all).map(({ item, t }) => priceAt(item, t))),
        );
        rmSync(folder.path, { recursive: true });
      }),
      { numRuns: runs(4) },
    );
  });
});
