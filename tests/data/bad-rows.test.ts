// Rows that are left out: what is read of a file with bad rows is what is read of the file without them, to the last id, and
// what is told about them is their number and where they are.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import type { BadRowPolicy } from "../../compiler/frontend/config/choices.ts";
import type { DataConfig } from "../../compiler/frontend/config/config.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { readSplit, readTraining } from "../../runtime/data/read-data.ts";
import { BadRowReport } from "../../runtime/data/tables/bad-rows.ts";
import type { TrainingData } from "../../runtime/data/training-data.ts";
import { runs } from "../support/how-often.ts";
import { eventsOf, rowsOf, TestFolder } from "./files.ts";
import { modelOf } from "./models.ts";

const model = modelOf(`model shop
features user { user_id : id }
features item {
  item_id : id(min_count: 2)  embed 2
  brand   : enum("x", "y")  embed 2
  price   : number |> standardize
}
history clicks(max: 3) { item_id <-> hist  dwell : number |> standardize }
label click : binary
net { predict click = concat(item_id, brand, price, sum(clicks)) |> dense(1) |> sigmoid }
train { loss binary_cross_entropy  optimizer sgd(learning_rate: 0.1)  batch 4  epochs 1  metrics auc, gauc(by: user_id) }
`);

const HEADER = "user_id,item_id,brand,price,hist,dwell,click";
const GOOD = [
  "u1,a,x,1.5,b|c,3|4,1",
  "u1,b,y,2,,,0",
  "u2,c,x,3,a,7,1",
  'u3,"a",x,0.5,a|b|c|a,1|2|3|4,0',
  "u2,b,y,8,c|b,1|1,true",
];

/** By what is wrong with it: a row, and code and column of what is told. */
const BAD: Readonly<Record<string, readonly [row: string, told: string]>> = {
  "too few values": ["u1,a,x,1.5,b,3", "DIN0563 null"],
  "too many values": ["u1,new,x,1.5,b,3,1,1", "DIN0563 null"],
  "a stray quote": ['u1,"a"a,x,1.5,b,3,1', "DIN0563 null"],
  "another label": ["u1,rare,x,1.5,rare|rare,3|3,2", "DIN0552 click"],
  "no label": ["u1,rare,x,1000,rare,3,", "DIN0545 click"],
  "no number": ["u1,rare,x,free,rare,3,1", "DIN0550 price"],
  "a number missing": ["u9,rare,x,,rare,3,1", "DIN0545 price"],
  "a value that is not listed": ["u9,rare,z,1.5,rare,3,1", "DIN0547 brand"],
  "an id missing": ["u9,,x,1.5,rare,3,1", "DIN0545 item_id"],
  "a list for an id": ["u9,rare|rarer,x,1.5,rare,3,1", "DIN0544 item_id"],
  "a list in brackets for an id": ['u9,"[rare, rarer]",x,1.5,rare,3,1', "DIN0544 item_id"],
  "a list in brackets for a history": ['u9,rare,x,1.5,"[rare, rarer]",3|3,1', "DIN0544 hist"],
  "histories of two lengths": ["u9,rare,x,1.5,rare|rarer,3,1", "DIN0553 dwell"],
  "no number in a history": ["u9,rare,x,1.5,rare|rarer,3|long,1", "DIN0550 dwell"],
};

interface Reading {
  readonly data: TrainingData;
  readonly badRows: BadRowReport;
}

async function reading(config: DataConfig, policy: BadRowPolicy, of: Model = model): Promise<Reading> {
  const badRows = new BadRowReport(policy);
  return { data: await readTraining(of, config, { badRows }), badRows };
}

/** What was read, without what says which files it came from. */
const content = ({ train, valid, test, fitted }: TrainingData): object => ({ train, valid, test, fitted });

/** `DIN0552 click: 2 rows, the first 4` */
const told = ({ leftOut }: BadRowReport): string[] =>
  leftOut.flatMap(({ kinds }) =>
    kinds.map(({ code, column, rows, first }) => `${code} ${column}: ${rows} rows, the first ${first}`),
  );

const jsonOf = (line: string): string => {
  const [user, item, brand, price, hist, dwell, click] = line.replaceAll('"', "").split(",") as string[];
  const list = (text: string) => (text === "" ? [] : text.split("|"));
  const click1 = click === "true" ? true : Number(click);
  return JSON.stringify({
    ...{ user_id: user, item_id: item, brand, price: Number(price), hist: list(hist!) },
    ...{ dwell: list(dwell!).map(Number), click: click1 },
  });
};

describe("rows that are skipped", () => {
  it.each(Object.keys(BAD))("%s", async (name) => {
    const [row, told] = BAD[name]!;
    const folder = new TestFolder();
    const clean = folder.csv("clean.csv", HEADER, ...GOOD);
    const dirty = folder.csv("dirty.csv", HEADER, ...GOOD.slice(0, 2), row, ...GOOD.slice(2), row);
    const { data, badRows } = await reading(rowsOf(dirty), "skip");
    expect(content(data)).toEqual(content((await reading(rowsOf(clean), "fail")).data));
    expect(badRows.leftOut).toMatchObject([
      {
        path: dirty,
        rows: 7,
        bad: 2,
        kinds: [
          {
            rows: 2,
            first: 3,
            column: told.split(" ")[1] === "null" ? null : told.split(" ")[1],
            code: told.split(" ")[0],
          },
        ],
      },
    ]);
    expect(data.fingerprint.leftOut).toEqual(badRows.leftOut);
  });

  it("in any number, anywhere, give the data of the file without them", async () => {
    const folder = new TestFolder();
    const line = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...GOOD) },
      { weight: 1, arbitrary: fc.constantFrom(...Object.values(BAD).map(([row]) => row)) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 30 }), async (lines) => {
        const rows = [...lines, ...GOOD];
        const clean = folder.csv("clean.csv", HEADER, ...rows.filter((row) => GOOD.includes(row)));
        const dirty = folder.csv("dirty.csv", HEADER, ...rows);
        const { data, badRows } = await reading(rowsOf(dirty, { test: dirty }), "skip");
        const expected = await reading(rowsOf(clean, { test: clean }), "fail");
        expect(content(data)).toEqual(content(expected.data));
        const bad = rows.flatMap((row, i) => (GOOD.includes(row) ? [] : [{ row, number: i + 1 }]));
        expect(badRows.leftOut.map((file) => file.bad)).toEqual(bad.length === 0 ? [] : [bad.length]);
        const firsts = new Map<string, number>();
        for (const { row, number } of bad) {
          const said = Object.values(BAD).find(([each]) => each === row)![1];
          if (!firsts.has(said)) firsts.set(said, number);
        }
        const found = (badRows.leftOut[0]?.kinds ?? []).map(({ code, column, first }) => [
          `${code} ${column}`,
          first,
        ]);
        expect(new Map(found as [string, number][])).toEqual(firsts);
      }),
      { numRuns: runs(10) },
    );
  });

  it("of JSON Lines, lists and records among them", async () => {
    const folder = new TestFolder();
    const good = GOOD.map(jsonOf);
    const bad = [
      '{"user_id": "u1",',
      "u1,a,x",
      "[1, 2]",
      '{"user_id":"u9","item_id":["rare"],"brand":"x","price":1.5,"hist":["rare"],"dwell":[3],"click":1}',
      '{"user_id":"u9","item_id":{"id":"rare"},"brand":"x","price":1.5,"hist":["rare"],"dwell":[3],"click":1}',
      '{"user_id":"u9","item_id":"rare","brand":"x","price":[1.5],"hist":["rare"],"dwell":[3],"click":1}',
      '{"user_id":"u9","item_id":"rare","brand":"x","price":1.5,"hist":"rare","dwell":[3],"click":1}',
      '{"user_id":"u9","item_id":"rare","brand":"x","price":1.5,"hist":[["rare"]],"dwell":[3],"click":1}',
      '{"user_id":"u9","item_id":"rare","brand":"x","price":1.5,"hist":["rare"],"dwell":[3],"click":[0]}',
      '{"user_id":"u9","item_id":"rare","brand":"x","price":1.5,"hist":["rare"],"dwell":[3]}',
    ];
    const clean = folder.csv("clean.jsonl", ...good);
    const dirty = folder.csv("dirty.jsonl", bad[0]!, ...good.slice(0, 2), ...bad.slice(1), ...good.slice(2));
    const { data, badRows } = await reading(rowsOf(dirty), "skip");
    expect(content(data)).toEqual(content((await reading(rowsOf(clean), "fail")).data));
    expect(badRows.leftOut.map(({ rows, bad }) => [rows, bad])).toEqual([[15, 10]]);
    expect(told(badRows)).toEqual([
      "DIN0563 null: 3 rows, the first 1",
      "DIN0544 item_id: 2 rows, the first 6",
      "DIN0544 price: 1 rows, the first 8",
      "DIN0544 hist: 2 rows, the first 9",
      "DIN0544 click: 1 rows, the first 11",
      "DIN0545 click: 1 rows, the first 12",
    ]);
  });

  it("of a log, as events, with those of items whose own row is bad", async () => {
    const shop = modelOf(`model shop
features user { user_id : id }
features item { item_id : id  embed 2   price : number |> standardize }
features context { hour : int(0..23)  embed 2 }
history clicks(max: 3) { item_id <-> hist }
label click : binary
net { predict click = concat(item_id, price, hour, sum(clicks)) |> dense(1) |> sigmoid }
train { loss binary_cross_entropy  optimizer sgd(learning_rate: 0.1)  batch 4  epochs 1  metrics auc, gauc(by: user_id) }
`);
    const folder = new TestFolder();
    const header = "user_id,item_id,t,hour";
    const good = ["u,a,1,3", "u,b,2,4", "v,a,1,5", "u,c,3,6", "v,c,5,7", "v,b,6,8"];
    const goodItems = ["a,1", "b,2", "c,3", "d,4", "e,5"];
    const clean = eventsOf(
      folder.csv("c.csv", header, ...good),
      folder.csv("ci.csv", "item_id,price", ...goodItems),
    );
    const log = folder.csv(
      "log.csv",
      header,
      good[0]!,
      "u,b",
      "u,b,soon,4",
      ...good.slice(1, 4),
      "u,f,9,9",
      "u,g,9,9",
      "u,a,9,24",
      ...good.slice(4),
      ",a,9,1",
    );
    const items = folder.csv(
      "items.csv",
      "item_id,price",
      "f,dear",
      "a,1",
      "a,2",
      ...goodItems.slice(1),
      ",7",
    );
    const { data, badRows } = await reading(eventsOf(log, items), "skip", shop);
    expect(content(data)).toEqual(content((await reading(clean, "fail", shop)).data));
    expect(badRows.leftOut.map(({ path, rows, bad }) => [path, rows, bad])).toEqual([
      [items, 8, 3],
      [log, 12, 6],
    ]);
    expect(told(badRows)).toEqual([
      "DIN0550 price: 1 rows, the first 1",
      "DIN0554 item_id: 1 rows, the first 3",
      "DIN0545 item_id: 1 rows, the first 8",
      "DIN0563 null: 1 rows, the first 2",
      "DIN0556 t: 1 rows, the first 3",
      "DIN0555 item_id: 2 rows, the first 7",
      "DIN0548 hour: 1 rows, the first 9",
      "DIN0545 user_id: 1 rows, the first 12",
    ]);
  });

  it("are reported though only some columns are read: invalid UTF-8 beside rows that do not parse", async () => {
    const folder = new TestFolder();
    const clean = folder.csv(
      "clean.csv",
      `${HEADER},note`,
      ...[...GOOD, GOOD[1]].map((row) => `${row},fine`),
    );
    const lines = [
      ...GOOD.map((row) => `${row},fine`),
      "u1,a",
      `${GOOD[0]},\xff`,
      `${GOOD[0]!.replace("a", "\xff")},fine`,
    ];
    const text = `${[`${HEADER},note`, ...lines, `${GOOD[1]},fine`].join("\n")}\n`;
    const dirty = folder.write("dirty.csv", Buffer.from(text, "latin1"));
    const { data, badRows } = await reading(rowsOf(dirty), "skip");
    expect(told(badRows)).toEqual(["DIN0563 null: 3 rows, the first 6"]);
    expect(content(data)).toEqual(content((await reading(rowsOf(clean), "fail")).data));
  });

  it("are the same when a run reads its data again", async () => {
    const folder = new TestFolder();
    const rows = folder.csv("rows.csv", HEADER, ...GOOD, ...Object.values(BAD).map(([row]) => row));
    const config = rowsOf(rows, { test: rows });
    const { data, badRows } = await reading(config, "skip");
    const again = new BadRowReport("skip");
    expect(await readSplit(model, data.fitted, config, "test", { badRows: again })).toEqual(data.test);
    expect(again.leftOut).toEqual(badRows.leftOut);
  });

  it("are looked for among the rows that --limit takes", async () => {
    const folder = new TestFolder();
    const [bad] = BAD["no label"]!;
    const rows = folder.csv("rows.csv", HEADER, GOOD[0]!, bad, GOOD[1]!, bad, bad);
    const badRows = new BadRowReport("skip");
    const { train } = await readTraining(model, rowsOf(rows), { badRows, limit: 3 });
    expect([train.rows, badRows.leftOut[0]!.rows, badRows.leftOut[0]!.bad]).toEqual([2, 3, 1]);
  });
});

describe("what is said about them", () => {
  it("a warning for each kind and column, at the first row", async () => {
    const folder = new TestFolder();
    const rows = folder.csv(
      "rows.csv",
      HEADER,
      ...GOOD,
      BAD["another label"]![0],
      BAD["no label"]![0],
      "u1,a,x,1.5,b,3,no",
    );
    const { badRows } = await reading(rowsOf(rows), "skip");
    expect(
      await folder.said(async () => {
        throw new DiagnosticError(badRows.warnings);
      }),
    ).toMatchInlineSnapshot(`
      "warning[DIN0561 rows-left-out]: 2 rows are left out (DIN0552): the label \`click\` is 2; a binary label is 0 or 1
       --> rows.csv, row 6, column click
       ::: model.din:9:7
        |
      9 | label click : binary
        |       ----- declared here
        = help: if other values mean 1, name them under \`data\` of dinc.yaml: \`label: { from: click, positive: ">= 4" }\`, or \`positive: [yes]\`

      warning[DIN0561 rows-left-out]: 1 row is left out (DIN0545): \`click\` has no value here
       --> rows.csv, row 7, column click
       ::: model.din:9:7
        |
      9 | label click : binary
        |       ----- declared here
      "
    `);
  });

  it.each(["skip", "count"] as const)("a file with only bad rows is an error (%s)", async (policy) => {
    const folder = new TestFolder();
    const [bad, unreadable] = [BAD["no label"]![0], BAD["too few values"]![0]];
    for (const lines of [[bad, bad], [unreadable], [bad, unreadable]]) {
      const rows = folder.csv("rows.csv", HEADER, ...lines);
      const said = await folder.said(() => reading(rowsOf(rows), policy));
      expect(said).toContain(`none of the ${lines.length} rows of this file can be used`);
      expect(said).toContain("rows.csv, row 1");
    }
    const lines = folder.csv("rows.jsonl", "nothing", "{");
    expect(await folder.said(() => reading(rowsOf(lines), policy))).toContain("none of the 2 rows");
  });

  it("counting reads every file, and fails only if there are bad rows", async () => {
    const folder = new TestFolder();
    const clean = folder.csv("clean.csv", HEADER, ...GOOD);
    const train = folder.csv(
      "train.csv",
      HEADER,
      ...GOOD,
      BAD["another label"]![0],
      BAD["too few values"]![0],
      BAD["too many values"]![0],
    );
    const test = folder.csv("test.csv", HEADER, BAD["no number"]![0], ...GOOD);
    expect((await reading(rowsOf(clean), "count")).data.train.rows).toBe(GOOD.length);
    expect(await folder.said(() => reading(rowsOf(train, { test }), "count"))).toMatchInlineSnapshot(`
      "error[DIN0552 label-not-binary]: the label \`click\` is 2; a binary label is 0 or 1
       --> train.csv, row 6, column click
       ::: model.din:9:7
        |
      9 | label click : binary
        |       ----- declared here
        = help: if other values mean 1, name them under \`data\` of dinc.yaml: \`label: { from: click, positive: ">= 4" }\`, or \`positive: [yes]\`

      error[DIN0563 unreadable-row]: this row cannot be read: the first line names 7 columns, this one has 6 values (and 1 more like this)
       --> train.csv, row 7

      error[DIN0550 not-a-number]: \`price\` is "free", which is not a finite number
       --> test.csv, row 1, column price
       ::: model.din:6:3
        |
      6 |   price   : number |> standardize
        |   ----- declared here
      "
    `);
  });

  it.each(["fail", "skip"] as const)(
    "a history longer than its `max` is told, not left out (%s)",
    async (policy) => {
      const folder = new TestFolder();
      const { data, badRows } = await reading(
        rowsOf(folder.csv("rows.csv", HEADER, ...GOOD, GOOD[3]!)),
        policy,
      );
      expect([data.train.rows, badRows.leftOut]).toEqual([6, []]);
      expect(
        await folder.said(async () => {
          throw new DiagnosticError(badRows.remarks);
        }),
      ).toMatchInlineSnapshot(`
        "warning[DIN0564 history-shortened]: \`clicks\` has 4 steps here; its \`max\` keeps only the latest 3 (and 1 more like this)
         --> rows.csv, row 4, column hist
         ::: model.din:8:9
          |
        8 | history clicks(max: 3) { item_id <-> hist  dwell : number |> standardize }
          |         ------ declared here
        "
      `);
    },
  );

  it("mistakes of a file as a whole always fail", async () => {
    const folder = new TestFolder();
    const said = (name: string, ...lines: string[]) =>
      folder.said(() => reading(rowsOf(folder.csv(name, ...lines)), "skip"));
    expect(await said("a.csv", HEADER.replace("price", "cost"), ...GOOD)).toContain("DIN0543 missing-column");
    expect(await said("b.csv", HEADER)).toContain("DIN0542 no-rows");
    expect(await folder.said(() => reading(rowsOf(folder.write("c.csv", "")), "skip"))).toContain(
      "the file is empty",
    );
    // Nobody can say which rows the quote swallowed.
    const open = await said("d.csv", HEADER, GOOD[0]!, 'u1,"a,x,1.5,b,3,1', ...GOOD.slice(1));
    expect(open).toContain("a quote is opened and never closed");
    expect(open).toContain("d.csv, row 2");
    expect(await said("e.csv", HEADER, ...GOOD.map((row) => row.replace(/,"?[abc]"?,/, ",1.0,")))).toContain(
      "DIN0578",
    );
  });
});
