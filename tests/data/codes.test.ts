// Vectors with codes in data: from every kind of file, of rows and of steps, to the ids of the network.

import { describe, expect, it } from "vitest";
import type { SetRanges } from "../../compiler/data/memory-rows.ts";
import { setSpaceOf } from "../../compiler/frontend/kinds/encoders.ts";
import type { Fitted, Model } from "../../compiler/frontend/model/model.ts";
import { loadConfig } from "../../runtime/driver/read-config.ts";
import { wholeWay } from "../support/whole-way.ts";
import { eventsOf, rowsOf, TestFolder } from "./files.ts";
import { readRows, readTraining } from "./in-memory.ts";
import { flatModel, modelOf } from "./models.ts";

const CODES = "codes(levels: 2, of: 3)  embed 2";
const model = flatModel(`cover : vector(2) |> ${CODES}`, "cover");
const VECTORS = [
  [0, 0],
  [0, 1.5],
  [9, 9],
  [9, 8],
  [-5, 4],
  [0, 0],
];

function idsOf({ ids, start, end }: SetRanges): number[][] {
  return Array.from(start, (first, row) => [...ids.subarray(first, end[row]!)]);
}

/** The ids of a raw vector, as a request gives it. */
function served(of: Model, fitted: Fitted, vector: readonly number[] | null): number[] {
  const cover = of.features.get("cover")!;
  const set = setSpaceOf(cover, cover.set!, fitted);
  return set.valuesOf(vector)!.map((value) => set.space.idOf(value));
}

async function expectServed(
  path: string,
  of = model,
  vectors: readonly (readonly number[] | null)[] = VECTORS,
) {
  const { train, fitted } = await readTraining(of, rowsOf(path));
  expect(idsOf(train.sets.get("cover")!)).toEqual(vectors.map((vector) => served(of, fitted, vector)));
  return fitted.transforms.get("cover")!;
}

describe("a column of vectors has the same codes in rows as in requests", () => {
  const csv = (folder: TestFolder, vectors = VECTORS) =>
    folder.csv("a.csv", "cover,click", ...vectors.map((vector, i) => `${vector.join("|")},${i % 2}`));

  it("in a CSV, whatever the order of its rows, and JSON Lines", async () => {
    const folder = new TestFolder();
    const learned = await expectServed(csv(folder));
    expect(learned.map((level) => level.length)).toEqual([6, 6]);
    const reversed = [...VECTORS].reverse();
    expect(await expectServed(csv(folder, reversed), model, reversed)).toEqual(learned);
    const lines = VECTORS.map((cover, i) => JSON.stringify({ cover, click: i % 2 }));
    expect(await expectServed(folder.write("a.jsonl", `${lines.join("\n")}\n`))).toEqual(learned);
  });

  it("in Parquet", async () => {
    const folder = new TestFolder();
    const rows = VECTORS.map((vector, i) => `(CAST([${vector}] AS FLOAT[2]), ${i % 2})`);
    const query = `SELECT * FROM (VALUES ${rows.join(", ")}) AS t(cover, click)`;
    expect(await expectServed(await folder.parquet("a.parquet", query))).toEqual(
      await expectServed(csv(folder)),
    );
  });

  it("where vectors are missing: unknown, or a vector of one number", async () => {
    const folder = new TestFolder();
    const path = csv(folder, [...VECTORS, []]);
    for (const missing of ["unknown", "0"])
      await expectServed(path, flatModel(`cover : vector(2, missing: ${missing}) |> ${CODES}`, "cover"), [
        ...VECTORS,
        null,
      ]);
  });
});

it("test rows, and vectors that training never saw, have codes of the training rows' centroids", async () => {
  const folder = new TestFolder();
  const rows = VECTORS.map((vector, i) => `${vector.join("|")},${i % 2}`);
  const train = folder.csv("train.csv", "cover,click", ...rows);
  const alone = await readTraining(model, rowsOf(train));
  const test = folder.csv("test.csv", "cover,click", "100|-3,1", "0|0,0");
  const { fitted } = await readTraining(model, rowsOf(train, { test }));
  expect(fitted).toEqual(alone.fitted);
  const read = await readRows(model, fitted, test, { labels: "required" });
  expect(idsOf(read.sets.get("cover")!)).toEqual([
    served(model, fitted, [100, -3]),
    served(model, fitted, [0, 0]),
  ]);
});

it("a column with fewer different vectors than clusters, or with no number, is refused", async () => {
  const folder = new TestFolder();
  const few = folder.csv("few.csv", "cover,click", "1|2,1", "1|2,0", "3|4,1");
  const said = await folder.said(() => readTraining(model, rowsOf(few)));
  expect(said).toContain("DIN0634");
  expect(said).toContain("`cover` has 2 different vectors in the training rows, fewer than the 3 clusters");
  const nan = folder.csv("nan.csv", "cover,click", "1|nan,1");
  expect(await folder.said(() => readTraining(model, rowsOf(nan)))).toContain("DIN0550");
  const wide = folder.csv("wide.csv", "cover,click", "1|2|3,1");
  expect(await folder.said(() => readTraining(model, rowsOf(wide)))).toContain("DIN0579");
});

const SHOP = `model shop
features item {
  item_id : id  embed 2
  cover   : vector(2) |> codes(levels: 2, of: 3, prefixes: 40)  embed 2
}
history clicks(max: 2) {
  item_id <-> hist_item_id
  cover   <-> hist_cover
}
label click : binary
net { predict click = concat(item_id, cover, sum(clicks), max(clicks.cover)) |> dense(1) |> sigmoid }
`;

it("steps have the codes of their vectors, from which centroids are fitted as well", async () => {
  const folder = new TestFolder();
  const lines = VECTORS.map((_, i) =>
    JSON.stringify({
      ...{ item_id: `i${i}`, cover: [0, i % 2], click: i % 2 },
      hist_item_id: VECTORS.slice(0, i).map((_, j) => `i${j}`),
      hist_cover: VECTORS.slice(0, i),
    }),
  );
  const shop = modelOf(SHOP);
  const path = folder.write("a.jsonl", `${lines.join("\n")}\n`);
  const { train, fitted } = await readTraining(shop, rowsOf(path));
  const steps = VECTORS.flatMap((_, i) => VECTORS.slice(Math.max(0, i - 2), i));
  const found = train.histories.get("clicks")!.sets.get("cover")!;
  expect(idsOf(found)).toEqual(steps.map((vector) => served(shop, fitted, vector)));
});

it("an event log has the vectors of its items, and the steps their codes", async () => {
  const folder = new TestFolder();
  const items = VECTORS.map((vector, i) => `i${i},${vector.join("|")}`);
  const log = Array.from({ length: 30 }, (_, i) => `u${i % 4},i${(i * 7) % 6},${i}`);
  const path = folder.csv("log.csv", "user_id,item_id,t", ...log);
  const config = eventsOf(path, folder.csv("items.csv", "item_id,cover", ...items), 1);
  const shop = modelOf(SHOP.replace("features item", "features user { user_id : id }\nfeatures item"));
  const { train, fitted } = await readTraining(shop, config);
  expect(train.rows).toBeGreaterThan(10);
  const codesOf = (ids: Int32Array) =>
    Array.from(ids, (id) => {
      const item = Number(fitted.vocabularies.get("item_id")![id - 2]!.slice(1));
      return served(shop, fitted, VECTORS[item]!);
    });
  expect(idsOf(train.sets.get("cover")!)).toEqual(codesOf(train.ids.get("item_id")!));
  const { steps, sets } = train.histories.get("clicks")!;
  expect(idsOf(sets.get("cover")!)).toEqual(codesOf(steps.get("item_id")!));
});

it("impressions have the codes of their users' earlier events, which are fitted once with those of the rows", async () => {
  const folder = new TestFolder();
  const lines = VECTORS.map((vector, i) => `u${i % 2},i${i},${vector.join("|")},${i},1`);
  folder.csv("rows.csv", "user_id,item_id,cover,shown_at,click", ...lines);
  const yaml = "data: { train: rows.csv, impressions: { user: user_id, time: shown_at } }";
  const shop = modelOf(SHOP);
  for (const memory of [1e9, 64e6]) {
    const { value } = await loadConfig(folder.write("dinc.yaml", yaml), []);
    const { train, fitted } = await readTraining(shop, { ...value!.data!, memory });
    expect(idsOf(train.sets.get("cover")!)).toEqual(VECTORS.map((vector) => served(shop, fitted, vector)));
    const steps = VECTORS.flatMap((_, i) =>
      VECTORS.slice(0, i)
        .filter((_, j) => j % 2 === i % 2)
        .slice(-2),
    );
    const found = train.histories.get("clicks")!.sets.get("cover")!;
    expect(idsOf(found)).toEqual(steps.map((vector) => served(shop, fitted, vector)));
  }
});

it("a module gives the scores of training", async () => {
  const rows = Array.from({ length: 24 }, (_, i) =>
    JSON.stringify({
      ...{ item_id: `i${i % 7}`, cover: VECTORS[i % 6], click: i % 2 },
      ...{ hist_item_id: ["i1", "i2"], hist_cover: [VECTORS[i % 5], VECTORS[(i + 2) % 6]] },
    }),
  );
  const spec = SHOP.replace(", prefixes: 40", "");
  const { comparison } = await wholeWay(spec, { "train.json": rows.join("\n") });
  expect(comparison).toMatchObject({ rows: 24, beyondTolerance: 0 });
});
