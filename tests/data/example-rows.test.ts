// CSV, Parquet and JSON Lines give the same rows: ids, numbers, histories, labels.

import { Readable } from "node:stream";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { MemoryRows } from "../../compiler/data/memory-rows.ts";
import { separatorsOf } from "../../compiler/frontend/config/config.ts";
import { rowPieces } from "../../runtime/data/row-pieces.ts";
import { rowsOf, TestFolder } from "./files.ts";
import { readRows, readTraining } from "./in-memory.ts";
import { dinModel, flatModel, modelOf } from "./models.ts";

/** The ids of a row's history. */
function history(data: MemoryRows, feature: string, row: number): number[] {
  const { start, end, steps } = data.histories.get("clicks")!;
  return [...steps.get(feature)!.subarray(start[row]!, end[row]!)];
}

const HEADER = "user_id,item_id,cate_id,hist_item_id,hist_cate_id,click";

describe("example rows", () => {
  it("learns vocabularies by count, then text, histories counted too, and gives ids from 2 on", async () => {
    const folder = new TestFolder();
    const path = folder.csv("train.csv", HEADER, "u1,b,x,a|c,x|y,1", "u2,a,x,c|c,y|y,0", "u1,d,y,,,1");
    const { train, fitted } = await readTraining(dinModel(), rowsOf(path));
    expect(fitted.vocabularies.get("item_id")).toEqual(["c", "a", "b", "d"]);
    expect(fitted.vocabularies.get("cate_id")).toEqual(["y", "x"]);
    expect([...train.ids.get("item_id")!]).toEqual([4, 3, 5]);
    expect([0, 1, 2].map((row) => history(train, "item_id", row))).toEqual([[3, 2], [2, 2], []]);
    expect([...train.labels.get("click")!]).toEqual([1, 0, 1]);
    const [first, second, third] = train.groups.get("user_id")!;
    expect([first === second, first === third]).toEqual([false, true]);
  });

  it("makes values rarer than min_count unknown, and those that training never saw", async () => {
    const folder = new TestFolder();
    const train = folder.csv("train.csv", HEADER, "u,a,x,a,x,1", "u,b,x,,,0");
    const test = folder.csv("test.csv", HEADER, "new,z,x,b|a,w|x,1");
    const read = await readTraining(dinModel({ minCount: 2 }), rowsOf(train, { test }));
    expect(read.fitted.vocabularies.get("item_id")).toEqual(["a"]);
    expect([...read.train.ids.get("item_id")!]).toEqual([2, 1]);
    expect([...read.test!.ids.get("item_id")!]).toEqual([1]);
    expect(history(read.test!, "item_id", 0)).toEqual([1, 2]);
    expect(history(read.test!, "cate_id", 0)).toEqual([1, 2]);
    expect(read.fingerprint).toMatchObject({ trainRows: 2, testRows: 1 });
    expect(read.fingerprint.files.map((file) => file.path)).toEqual([train, test]);
  });

  it("keeps the latest steps of a long history", async () => {
    const folder = new TestFolder();
    const path = folder.csv("train.csv", HEADER, "u,a,x,a|b|c|d,x|x|x|y,1", "u,b,x,c,y,0");
    const { train, fitted } = await readTraining(dinModel({ max: 3 }), rowsOf(path));
    const texts = (row: number) =>
      history(train, "item_id", row).map((id) => fitted.vocabularies.get("item_id")![id - 2]);
    expect(texts(0)).toEqual(["b", "c", "d"]);
    expect(texts(1)).toEqual(["c"]);
  });

  it("keeps the first steps of lists that begin with the latest, and reverses them", async () => {
    const folder = new TestFolder();
    const path = folder.csv("train.csv", HEADER, "u,a,x,d|c|b|a,y|x|x|x,1", "u,b,x,c,y,0", "u,b,x,,,0");
    const { train, fitted, fingerprint } = await readTraining(
      dinModel({ max: 3 }),
      rowsOf(path, { latestFirst: true }),
    );
    const texts = (row: number) =>
      history(train, "item_id", row).map((id) => fitted.vocabularies.get("item_id")![id - 2]);
    expect([0, 1, 2].map(texts)).toEqual([["b", "c", "d"], ["c"], []]);
    expect(fingerprint.lists).toEqual({ separator: "|", innerSeparator: ";", latestFirst: true });
    const again = await readRows(dinModel({ max: 3 }), fitted, path, {
      labels: "required",
      latestFirst: true,
    });
    expect(again).toEqual(train);
  });

  it("reads one column for a long and a short history, from the same ids", async () => {
    const model = modelOf(`model windows
features item { item_id : id  embed 2 }
history past(max: 4) { item_id <-> seen }
history recent(max: 1) { item_id <-> seen }
label click : binary
net { predict click = concat(item_id, mean(past), last(recent)) |> dense(1) |> sigmoid }
`);
    const folder = new TestFolder();
    const path = folder.csv("train.csv", "item_id,seen,click", "a,a|b|c,1", "b,,0");
    const { train, fitted } = await readTraining(model, rowsOf(path));
    const texts = (name: string, row: number) => {
      const { start, end, steps } = train.histories.get(name)!;
      const ids = [...steps.get("item_id")!.subarray(start[row]!, end[row]!)];
      return ids.map((id) => fitted.vocabularies.get("item_id")![id - 2]);
    };
    expect(texts("past", 0)).toEqual(["a", "b", "c"]);
    expect(texts("recent", 0)).toEqual(["c"]);
    expect(texts("recent", 1)).toEqual([]);
  });

  it("reads an empty text beside one step as that step's missing value, where missing values are allowed", async () => {
    const model = modelOf(`model missing
features item { item_id : id  embed 2 }
history clicks(max: 4) {
  item_id <-> seen
  dwell   : number(missing: 7)
}
label click : binary
net { predict click = concat(item_id, mean(clicks)) |> dense(1) |> sigmoid }
`);
    const folder = new TestFolder();
    const path = folder.csv("train.csv", "item_id,seen,dwell,click", "a,b,,1", "b,a|b,|2,0", "b,,,0");
    const { train } = await readTraining(model, rowsOf(path));
    expect([...train.histories.get("clicks")!.numbers.get("dwell")!]).toEqual([7, 7, 2]);
    expect([...train.histories.get("clicks")!.end]).toEqual([1, 3, 3]);
  });

  it("reads the same from CSV, Parquet and JSON Lines", async () => {
    const folder = new TestFolder();
    const rows = [
      { user_id: "u1", item_id: 1, cate_id: "x", hist_item_id: [2, 3], hist_cate_id: ["x", "y"], click: 1 },
      { user_id: "u2", item_id: 3, cate_id: "y", hist_item_id: [], hist_cate_id: [], click: 0 },
    ];
    const json = folder.write("rows.jsonl", rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    const csv = folder.csv("rows.csv", HEADER, "u1,1,x,2|3,x|y,1", "u2,3,y,,,0");
    const parquet = await folder.parquet("rows.parquet", `SELECT * FROM read_json('${json}')`);
    const [fromJson, fromCsv, fromParquet] = await Promise.all(
      [json, csv, parquet].map(async (path) => ({
        ...(await readTraining(dinModel(), rowsOf(path))),
        fingerprint: null,
      })),
    );
    expect(fromCsv!.fitted.vocabularies.get("item_id")).toEqual(["3", "1", "2"]);
    expect(fromJson).toEqual(fromCsv);
    expect(fromParquet).toEqual(fromCsv);
  });

  it("reads CSV as it is written: quotes, line breaks, other columns, tabs, a byte order mark", async () => {
    const folder = new TestFolder();
    const csv = folder.write("a.csv", '\ufeff"item ""x""",item_id,click\r\n1,"a,\n""b""",1\r\n2,007,0\r\n');
    const tsv = folder.write("a.tsv", 'click\titem_id\n1\t"a,\n""b"""\n0\t007\n');
    for (const path of [csv, tsv]) {
      const { fitted } = await readTraining(flatModel(), rowsOf(path));
      expect(fitted.vocabularies.get("item_id")).toEqual(["007", 'a,\n"b"']);
    }
  });

  it.each([
    [
      "csv",
      (folder: TestFolder) =>
        folder.csv("a.csv", "item_id,click", "9007199254740993,1", "9007199254740992,0"),
    ],
    [
      "parquet",
      (folder: TestFolder) =>
        folder.parquet(
          "a.parquet",
          "SELECT unnest([9007199254740993, 9007199254740992]) AS item_id, 1 AS click",
        ),
    ],
    [
      "jsonl",
      (folder: TestFolder) =>
        folder.write(
          "a.jsonl",
          '{"item_id":9007199254740993,"click":1}\n{"item_id":9007199254740992,"click":0}\n',
        ),
    ],
  ])("keeps 64-bit ids apart in %s", async (_, file) => {
    const { train, fitted } = await readTraining(flatModel(), rowsOf(await file(new TestFolder())));
    expect(fitted.vocabularies.get("item_id")).toEqual(["9007199254740992", "9007199254740993"]);
    expect([...train.ids.get("item_id")!]).toEqual([3, 2]);
  });

  it('takes 1, 1.0 and "1" for one id', async () => {
    const folder = new TestFolder();
    const parquet = await folder.parquet("train.parquet", "SELECT 1.0::DOUBLE AS item_id, true AS click");
    const test = folder.csv("test.csv", "item_id,click", "1,0");
    const read = await readTraining(flatModel(), rowsOf(parquet, { test }));
    expect(read.fitted.vocabularies.get("item_id")).toEqual(["1"]);
    expect([...read.test!.ids.get("item_id")!]).toEqual([2]);
    expect([...read.train.labels.get("click")!]).toEqual([1]);
  });

  it("fits scales on the training rows only, after log1p, and a constant column has deviation 1", async () => {
    const folder = new TestFolder();
    const e = Math.E - 1;
    const train = folder.csv("train.csv", "price,same,click", "0,5,1", `${e},5,0`);
    const test = folder.csv("test.csv", "price,same,click", `${Math.E ** 2 - 1},6,1`);
    const model = flatModel(
      "price : number |> log1p |> standardize\n  same : number |> standardize",
      "price, same",
    );
    const read = await readTraining(model, rowsOf(train, { test }));
    const [nothing, [mean, deviation]] = read.fitted.transforms.get("price") as [number[], [number, number]];
    expect(nothing).toEqual([]);
    expect(mean).toBeCloseTo(0.5, 12);
    expect(deviation).toBeCloseTo(0.5, 12);
    expect(read.fitted.transforms.get("same")).toEqual([[5, 1]]);
    expect([...read.train.numbers.get("price")!].map((x) => Number(x.toFixed(6)))).toEqual([-1, 1]);
    expect(read.test!.numbers.get("price")![0]).toBeCloseTo(3, 6);
    expect([...read.test!.numbers.get("same")!]).toEqual([1]);
  });

  it("encodes closed kinds without learning", async () => {
    const folder = new TestFolder();
    const path = folder.csv("train.csv", "n,g,h,click", "0,f,-3,1", "2,m,4,0");
    const item = 'n : id(size: 3) embed 2\n  g : enum("m", "f") embed 2\n  h : int(-3..4) embed 2';
    const { train, fitted } = await readTraining(flatModel(item, "n, g, h"), rowsOf(path));
    expect(fitted.vocabularies.size).toBe(0);
    expect(["n", "g", "h"].map((name) => [...train.ids.get(name)!])).toEqual([
      [2, 4],
      [3, 2],
      [2, 9],
    ]);
  });

  it("reads null as an empty history, also in a column without any list", async () => {
    const folder = new TestFolder();
    const row = '{"user_id":"u","item_id":1,"cate_id":"x","hist_item_id":null,"hist_cate_id":[],"click":1}';
    const { train } = await readTraining(dinModel(), rowsOf(folder.csv("train.jsonl", row)));
    expect(history(train, "item_id", 0)).toEqual([]);
  });

  it("predicts on rows without labels, unknown values taking the unknown id", async () => {
    const folder = new TestFolder();
    const model = flatModel("n : id(size: 3) embed 2", "n");
    const { fitted } = await readTraining(model, rowsOf(folder.csv("train.csv", "n,click", "0,1")));
    const path = folder.csv("new.csv", "n", "1", "7");
    const rows = await readRows(model, fitted, path, { labels: "optional" });
    expect([rows.rows, rows.labels.size, [...rows.ids.get("n")!]]).toEqual([2, 0, [3, 1]]);
    const said = await folder.said(() => readRows(model, fitted, path, { labels: "required" }));
    expect(said).toContain("the data has no column `click`, which the label `click` is read from");
  });

  it.each([
    ["CSV", "item_id\nb\n"],
    ["JSON Lines", '{"item_id":"b"}\n'],
    ["a list in JSON", '[{"item_id":"b"}]'],
  ])("reads %s from standard input", async (_, text) => {
    const folder = new TestFolder();
    const { fitted } = await readTraining(
      flatModel(),
      rowsOf(folder.csv("train.csv", "item_id,click", "a,1", "b,0")),
    );
    const input = vi.spyOn(process, "stdin", "get");
    onTestFinished(() => input.mockRestore());
    const give = (content: string | Buffer) =>
      input.mockReturnValue(Readable.from([content]) as typeof process.stdin);
    give(text);
    const rows = await readRows(flatModel(), fitted, "-", { labels: "optional" });
    expect([...rows.ids.get("item_id")!]).toEqual([3]);
    give("");
    const said = await folder.said(() => readRows(flatModel(), fitted, "-", { labels: "optional" }));
    expect(said).toContain("the file is empty\n --> standard input");
    give(Buffer.from(`\ufeff${text}`, "utf16le"));
    expect(await folder.said(() => readRows(flatModel(), fitted, "-", { labels: "optional" }))).toMatch(
      /standard input is in UTF-16.*\n --> standard input\n.*save it as rows\.csv, then .* rows\.csv > rows\.utf8\.csv`/,
    );
    give(Buffer.concat([Buffer.from(text.trimEnd()), Buffer.from([10, 0xff, 10])]));
    expect(await folder.said(() => readRows(flatModel(), fitted, "-", { labels: "optional" }))).toMatch(
      / --> standard input, row 2/,
    );
  });

  it("needs the column that GAUC groups by only where there are labels", async () => {
    const folder = new TestFolder();
    const { fitted } = await readTraining(dinModel(), rowsOf(folder.csv("train.csv", HEADER, "u,a,x,,,1")));
    const path = folder.csv("new.csv", "item_id,cate_id,hist_item_id,hist_cate_id", "a,x,a,x");
    const rows = await readRows(dinModel(), fitted, path, { labels: "optional" });
    expect([rows.rows, rows.groups.size]).toEqual([1, 0]);
  });

  it("reports its progress", async () => {
    const folder = new TestFolder();
    const path = folder.write("train.csv", `item_id,click\n${"a,1\n".repeat(200_001)}`);
    const lines: string[] = [];
    await readTraining(flatModel(), rowsOf(path), { report: (line) => lines.push(line) });
    expect(lines).toEqual([`${path}: 0.1 million rows read`, `${path}: 0.2 million rows read`]);
  });

  it("stops after `limit` rows", async () => {
    const folder = new TestFolder();
    const path = folder.csv("train.csv", HEADER, "u,a,x,,,1", "u,b,x,,,0", "u,c,x,,,2");
    const { train } = await readTraining(dinModel(), rowsOf(path), { limit: 2 });
    expect(train.rows).toBe(2);
  });

  it("come in pieces, none left out, also after a history that is longer than its max", async () => {
    const folder = new TestFolder();
    const rows = ["u,a,x,a|b|c,x|x|x,1", "u,b,x,,,0", "u,c,x,a,x,1", "u,a,x,b,x,0", "u,b,x,,,1"];
    const path = folder.csv("train.csv", HEADER, ...rows);
    const model = dinModel({ max: 2 });
    const { fitted } = await readTraining(model, rowsOf(path));
    const lists = { ...separatorsOf(), latestFirst: false };
    const sizes: number[] = [];
    for await (const piece of rowPieces(model, fitted, path, lists, 2).pieces) sizes.push(piece.rows);
    expect(sizes).toEqual([2, 2, 1]);
  });
});
