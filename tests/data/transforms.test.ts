// What transforms of numbers learn, from the training rows alone, and what they make of every row.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eventsOf, rowsOf, TestFolder } from "./files.ts";
import { readRows, readTraining } from "./in-memory.ts";
import { flatModel, modelOf } from "./models.ts";

const rounded = (values: Iterable<number>) => [...values].map((x) => Number(x.toFixed(6)));

/** Reads a training and a test column `x`, declared as `kind`. */
async function read(kind: string, train: readonly unknown[], test: readonly unknown[] = train) {
  const folder = new TestFolder();
  const lines = (values: readonly unknown[]) => values.map((x, i) => `${x ?? ""},${i % 2}`);
  return readTraining(
    flatModel(`x : ${kind}`, "x"),
    rowsOf(folder.csv("train.csv", "x,click", ...lines(train)), {
      test: folder.csv("test.csv", "x,click", ...lines(test)),
    }),
  );
}

describe("numbers", () => {
  it("are 0 to 1 on the training rows by min_max, and beyond them where they are", async () => {
    const { train, test, fitted } = await read("number |> min_max", [10, 30, 20], [0, 50]);
    expect(rounded(train.numbers.get("x")!)).toEqual([0, 1, 0.5]);
    expect(rounded(test!.numbers.get("x")!)).toEqual([-0.5, 2]);
    expect(fitted.transforms.get("x")).toEqual([[10, 20]]);
  });

  it("are 0 by min_max where the column is constant", async () => {
    const { train, test } = await read("number |> min_max", [7, 7], [7, 9]);
    expect(rounded(train.numbers.get("x")!)).toEqual([0, 0]);
    expect(rounded(test!.numbers.get("x")!)).toEqual([0, 2]);
  });

  it("go through a pipe in its order: a transform is fitted on the output of the one before", async () => {
    const before = await read("number |> clip(0, 10) |> min_max", [5, 1000], [7.5]);
    expect(before.fitted.transforms.get("x")).toEqual([[], [5, 5]]);
    expect(rounded(before.test!.numbers.get("x")!)).toEqual([0.5]);
    const behind = await read("number |> min_max |> clip(0.25, 0.5)", [0, 10], [1, 4, 90]);
    expect(rounded(behind.test!.numbers.get("x")!)).toEqual([0.25, 0.4, 0.5]);
    const both = await read("number |> min_max |> standardize", [0, 10], [20]);
    expect(rounded(both.test!.numbers.get("x")!)).toEqual([3]);
  });

  it("that earlier transforms made negative are reported before log1p", async () => {
    const folder = new TestFolder();
    const train = folder.csv("train.csv", "x,click", "5,1", "9,0");
    const test = folder.csv("test.csv", "x,click", "6,1", "3,0");
    const model = flatModel("x : number |> min_max |> log1p", "x");
    const said = await folder.said(() => readTraining(model, rowsOf(train, { test })));
    expect(said).toContain("error[DIN0551 negative-under-log1p]: `x` is 3, and `log1p` takes no negative");
    expect(said).toContain("help: the transforms before `log1p` make it negative");
    expect(said).toContain("test.csv, row 2");
  });
});

describe("buckets", () => {
  it("hold their lower bound and not their upper one", async () => {
    const { train } = await read("number |> buckets(10, 20, 50) embed 2", [-5, 9.99, 10, 19, 20, 50, 1e30]);
    expect([...train.ids.get("x")!]).toEqual([2, 2, 3, 3, 4, 5, 5]);
  });

  it("may follow transforms that learn", async () => {
    const { train, test } = await read("number |> min_max |> buckets(0.5) embed 2", [0, 4, 5, 10], [4.9, 5]);
    expect([...train.ids.get("x")!]).toEqual([2, 2, 3, 3]);
    expect([...test!.ids.get("x")!]).toEqual([2, 3]);
  });
});

describe("quantiles", () => {
  it("have equally many training rows each; test rows change nothing", async () => {
    const values = [8, 3, 1, 6, 2, 7, 5, 4];
    const { train, test, fitted } = await read("number |> quantiles(4) embed 2", values, [-9, 4.5, 1e6, 1e6]);
    expect(fitted.transforms.get("x")).toEqual([[3, 5, 7]]);
    expect([...train.ids.get("x")!]).toEqual([5, 3, 2, 4, 2, 5, 4, 3]);
    expect([...test!.ids.get("x")!]).toEqual([2, 3, 5, 5]);
  });

  it("are fewer if numbers are equal", async () => {
    const many = await read("number |> quantiles(4) embed 2", [0, 0, 0, 0, 0, 1, 2, 3]);
    expect(many.fitted.transforms.get("x")).toEqual([[2]]);
    expect([...many.train.ids.get("x")!]).toEqual([2, 2, 2, 2, 2, 2, 3, 3]);
    const constant = await read("number |> quantiles(4) embed 2", [7, 7, 7], [6, 7, 8]);
    expect(constant.fitted.transforms.get("x")).toEqual([[]]);
    expect([...constant.test!.ids.get("x")!]).toEqual([2, 2, 2]);
  });

  it("of distinct numbers differ by one row at most", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 40 }),
        fc.integer({ min: 2, max: 12 }),
        async (values, count) => {
          fc.pre(values.length >= count);
          const { train } = await read(`number |> quantiles(${count}) embed 2`, values);
          const rows = new Map<number, number>();
          for (const id of train.ids.get("x")!) rows.set(id, (rows.get(id) ?? 0) + 1);
          expect([...rows.keys()].sort((a, b) => a - b)).toEqual(
            Array.from({ length: count }, (_, i) => i + 2),
          );
          expect(Math.max(...rows.values()) - Math.min(...rows.values())).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 10 },
    );
  });

  const item = "item_id : id embed 2\n  price : number |> quantiles(2) embed 2";
  const history = "history clicks(max: 9) { item_id <-> hist_item_id  price <-> hist_price }";
  const model = flatModel(item, "item_id, price, sum(clicks)", history);

  it("count the steps of histories that share their table", async () => {
    const folder = new TestFolder();
    const path = folder.csv(
      "train.csv",
      "item_id,price,hist_item_id,hist_price,click",
      "a,1,b|c,30|40,1",
      "b,2,b,30,0",
    );
    const { train, fitted } = await readTraining(model, rowsOf(path));
    // Of 1, 2, 30, 30, 40 the one at place 2.
    expect(fitted.transforms.get("price")).toEqual([[30]]);
    expect([...train.ids.get("price")!]).toEqual([2, 2]);
    expect([...train.histories.get("clicks")!.steps.get("price")!]).toEqual([3, 3, 3]);
  });

  it("are learned from the training rows of an event log, not from items that only its test rows have", async () => {
    const folder = new TestFolder();
    const log = folder.csv(
      "log.csv",
      "user_id,item_id,t",
      ...["a", "b", "c", "z"].map((item, t) => `u,${item},${t}`),
      "v,z,9",
    );
    const prices = ["a,1", "b,2", "c,3", "z,4000", ...Array.from({ length: 6 }, (_, i) => `n${i},${5 + i}`)];
    const items = folder.csv("items.csv", "item_id,price", ...prices);
    const { fitted } = await readTraining(model, eventsOf(log, items));
    expect(fitted.transforms.get("price")![0]![0]).toBeLessThan(4000);
  });
});

describe("missing values", () => {
  it("are an error unless the feature says what they count as", async () => {
    for (const kind of ["number", "number |> buckets(1) embed 2", "int(0..9) embed 2", "id embed 2"]) {
      const folder = new TestFolder();
      const path = folder.csv("train.csv", "x,click", "1,1", ",0");
      const said = await folder.said(() => readTraining(flatModel(`x : ${kind}`, "x"), rowsOf(path)));
      expect(said).toContain("error[DIN0545 missing-value]: `x` has no value here");
      expect(said).toContain("train.csv, row 2");
    }
  });

  it("count as the number given, which goes through the transforms like any other", async () => {
    const { train, fitted } = await read("number(missing: 4) |> min_max", [0, 8, null]);
    expect(rounded(train.numbers.get("x")!)).toEqual([0, 1, 0.5]);
    expect(fitted.transforms.get("x")).toEqual([[0, 8]]);
    const buckets = await read("number(missing: 4) |> buckets(3, 5) embed 2", [0, null, 8]);
    expect([...buckets.train.ids.get("x")!]).toEqual([2, 3, 4]);
  });

  it("count as the unknown id, whatever the kind", async () => {
    for (const kind of [
      "id(missing: unknown)",
      "id(size: 9, missing: unknown)",
      "int(0..9, missing: unknown)",
      'enum("1", "2", missing: unknown)',
      "number(missing: unknown) |> quantiles(2)",
    ]) {
      const { train, test } = await read(`${kind} embed 2`, [1, null, 2, 2], [null, 1]);
      expect([...train.ids.get("x")!].map((id) => id === 1)).toEqual([false, true, false, false]);
      expect([...test!.ids.get("x")!].map((id) => id === 1)).toEqual([true, false]);
    }
  });

  it("are not in a vocabulary, and are one group of gauc", async () => {
    const model = modelOf(`model m
features user { user_id : id(missing: unknown) embed 2 }
features item { item_id : id embed 2 }
label click : binary
net { predict click = concat(user_id, item_id) |> dense(1) |> sigmoid }
train { metrics gauc(by: user_id) }
`);
    const folder = new TestFolder();
    const path = folder.csv("train.csv", "user_id,item_id,click", "u,1,1", ",2,0", ",2,1", "v,1,0");
    const { train, fitted } = await readTraining(model, rowsOf(path));
    expect(fitted.vocabularies.get("user_id")).toEqual(["u", "v"]);
    const groups = [...train.groups.get("user_id")!];
    expect(groups[1]).toBe(groups[2]);
    expect(new Set(groups).size).toBe(3);
    const scored = await readRows(model, fitted, path, { labels: "optional" });
    expect([...scored.ids.get("user_id")!]).toEqual([2, 1, 1, 3]);
  });
});
