// Files with a few rows that training refuses: they are drafted as if those were not there, the draft says where they are, and
// the rows that it was made from can be read with it.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { readTraining } from "../../runtime/data/read-data.ts";
import { BadRowReport } from "../../runtime/data/tables/bad-rows.ts";
import { type Draft, init } from "../../runtime/driver/init.ts";
import { readConfig } from "../../runtime/driver/read-config.ts";
import { sampleTable } from "../../runtime/driver/sample-table.ts";
import { TestFolder } from "../data/files.ts";

interface Row {
  readonly user_id: string;
  readonly item_id: string;
  readonly price: number | string;
  readonly tags: readonly string[] | string;
  readonly shown_at: string;
  readonly clicked: number | null;
}

const ROWS = 2400;
const rowAt = (i: number): Row => ({
  ...{ user_id: `u${(i * 31) % 97}`, item_id: `i${(i * 7) % 60}`, price: (i % 890) / 10 + 0.25 },
  tags: Array.from({ length: 1 + (i % 3) }, (_, step) => `t${(i * step) % 9}`),
  shown_at: new Date(1_772_358_660_000 + 61_000 * i).toISOString(),
  clicked: Number((i * 13) % 10 < 3),
});
const rows = (odd: Readonly<Record<number, Partial<Row>>>): readonly Row[] =>
  Array.from({ length: ROWS }, (_, i) => ({ ...rowAt(i), ...odd[i] }));

const HEAD = "user_id,item_id,price,tags,shown_at,clicked";
const csvOf = (row: Row) =>
  Object.values(row)
    .map((cell) => (Array.isArray(cell) ? cell.join("|") : (cell ?? "")))
    .join();

/** Drafts in the folder and reads the rows with the draft; gives it, and which rows were left out. */
async function readAsDrafted(
  folder: TestFolder,
  data: string,
): Promise<{ readonly draft: Draft; readonly spec: string; readonly leftOut: readonly number[] }> {
  const own = join(folder.path, "draft");
  const draft = await init({ folder: own, data, force: true });
  const { value: model } = check(sourceFile("model.din", readFileSync(join(own, "model.din"), "utf8")));
  const { data: source } = await readConfig(join(own, "dinc.yaml"));
  const badRows = new BadRowReport(source!.onBadRow ?? undefined);
  await readTraining(model!, source!, { badRows });
  // Rows of which histories are made are read twice.
  const leftOut = [...new Set(badRows.leftOut.flatMap(({ kinds }) => kinds.map(({ first }) => first)))];
  return { draft, spec: draft.spec.replaceAll(/ *\/\/.*$/gm, ""), leftOut };
}

/** Without the folder. */
const told = ({ plan }: Draft) =>
  plan.exceptions.map(({ column, is }) => `${column}: ${is.replaceAll(/\S*\/(?=\w+\.)/g, "")}`);

test("a CSV whose cells, and one of whose lines, are odd", async () => {
  const folder = new TestFolder();
  const lines = (odd: Readonly<Record<number, Partial<Row>>>) => [HEAD, ...rows(odd).map(csvOf)];
  const clean = await readAsDrafted(folder, folder.csv("clean.csv", ...lines({})));
  expect(clean.leftOut).toEqual([]);
  const spoilt = lines({
    ...{ 5: { price: "N/A" }, 7: { shown_at: "n/a" }, 9: { clicked: null }, 11: { price: 9999 } },
    ...{ 12: { user_id: "u3 " }, 13: { price: "" } },
  });
  spoilt.splice(20, 0, "u1,i3,4.5", "");
  const { draft, spec, leftOut } = await readAsDrafted(folder, folder.csv("odd.csv", ...spoilt));
  const withMissing = clean.spec.replace("price   : number |>", "price   : number(missing: 40.25) |>");
  expect(spec.replace(/ +/g, " ")).toBe(withMissing.replace(/ +/g, " "));
  expect(draft.config).toContain("validate: { share: 0.1, latest_by: shown_at }");
  expect(told(draft)).toEqual([
    'user_id: 1 of 2,400 has a blank at an end: "u3 ", row 13 of odd.csv',
    "price: 1 of 2,399 isn't a number: `N/A`, row 6 of odd.csv",
    "price: 1 of 2,399 is far from all others: `9999`, row 12 of odd.csv",
    "price: 1 of 2,400 is empty, row 14 of odd.csv",
    "shown_at: 1 of 2,400 isn't a time: `n/a`, row 8 of odd.csv",
    "clicked: 1 of 2,400 is empty, row 10 of odd.csv",
    "rows: 1 of 2,401 doesn't parse: row 20 of odd.csv: the first line names 6 columns, this one has 3 values",
  ]);
  expect(draft.config).toMatch(/# {3}price: 1 of 2,399 isn't a number: `N\/A`, row 6 of .*odd.csv\n/);
  expect(leftOut.toSorted((a, b) => a - b)).toEqual([6, 8, 10, 20]);
});

test("a log of events whose users, items and times are odd", async () => {
  const folder = new TestFolder();
  const log = (odd: Readonly<Record<number, string>>) => [
    "user_id,item_id,shown_at",
    ...Array.from(
      { length: ROWS },
      (_, i) => odd[i] ?? csvOf(rowAt(i)).replace(/^([^,]*,[^,]*).*,(.*Z),.$/, "$1,$2"),
    ),
  ];
  const clean = await readAsDrafted(folder, folder.csv("clean.csv", ...log({})));
  const odd = {
    5: "u1,i3,n/a",
    7: "u1,i3,",
    9: ",i3,2026-03-02",
    11: "u1,,2026-03-02",
    13: "N/A,i3,2026-03-02",
  };
  const { draft, spec, leftOut } = await readAsDrafted(folder, folder.csv("odd.csv", ...log(odd)));
  expect(draft.plan.rows.kind).toBe("events");
  expect(spec).toBe(clean.spec);
  expect(told(draft)).toEqual([
    "user_id: 1 of 2,399 is a word for nothing: `N/A`, row 14 of odd.csv",
    "user_id: 1 of 2,400 is empty, row 10 of odd.csv",
    "item_id: 1 of 2,400 is empty, row 12 of odd.csv",
    "shown_at: 1 of 2,399 isn't a time: `n/a`, row 6 of odd.csv",
    "shown_at: 1 of 2,400 is empty, row 8 of odd.csv",
  ]);
  expect(leftOut.toSorted((a, b) => a - b)).toEqual([6, 8, 10, 12]);
});

test("JSON Lines with values of other types", async () => {
  const folder = new TestFolder();
  const write = (name: string, odd: Readonly<Record<number, Partial<Row>>>) =>
    folder.write(
      name,
      rows(odd)
        .map((row) => JSON.stringify(row))
        .join("\n"),
    );
  const clean = await readAsDrafted(folder, write("clean.jsonl", {}));
  const spoilt = write("odd.jsonl", { 5: { price: "N/A" }, 6: { tags: "N/A" }, 9: { clicked: null } });
  const { draft, spec, leftOut } = await readAsDrafted(folder, spoilt);
  expect(spec).toBe(clean.spec);
  expect(told(draft)).toEqual([
    "price: 1 of 2,400 isn't a number: `N/A`, row 6 of odd.jsonl",
    "tags: 1 of 2,400 has an element unlike the others: `N/A`, row 7 of odd.jsonl",
    "clicked: 1 of 2,400 is empty, row 10 of odd.jsonl",
  ]);
  expect(leftOut).toEqual([6, 10]);
});

test("decimal commas, but for a few numbers", async () => {
  const folder = new TestFolder();
  const lines = rows({ 5: { price: "N/A" }, 8: { price: "12.5" } }).map((row, i) =>
    csvOf({ ...row, price: i === 8 ? row.price : String(row.price).replace(".", ",") }).replaceAll(
      /,(?!\d\d?;)/g,
      ";",
    ),
  );
  // Of a line only the comma of the price is left.
  const fields = lines.map((line) => line.replace(/^([^;]*;[^;]*;\d+)[;,](\d+;)/, "$1,$2"));
  const { draft, spec, leftOut } = await readAsDrafted(
    folder,
    folder.csv("comma.csv", HEAD.replaceAll(",", ";"), ...fields),
  );
  expect(draft.config).toContain('csv: { delimiter: ";", decimal: "," }');
  expect(spec).toMatch(/price +: number \|> standardize/);
  expect(told(draft)).toEqual([
    "price: 2 of 2,400 aren't numbers: `N/A`, `12.5`; the first in row 6 of comma.csv",
  ]);
  expect(leftOut).toEqual([6]);
});

test("rows are told where they lie: in one of several files, and where some were drawn", async () => {
  const folder = new TestFolder();
  const all = rows({ 1300: { price: "N/A" }, 1450: { price: "n/a" } }).map(csvOf);
  folder.csv("log/a.csv", HEAD, ...all.slice(0, 1000));
  folder.csv("log/b.csv", HEAD, ...all.slice(1000));
  const place = async (lookedAt: number) => {
    const { columns, places } = await sampleTable(join(folder.path, "log"), undefined, lookedAt);
    const { cells } = columns.find(({ header }) => header === "price")!;
    return cells.flatMap((cell, row) => (/n\/a/i.test(String(cell)) ? [places!.at(row)] : []));
  };
  const both = [300, 450].map((row) => ({ path: expect.stringMatching(/b\.csv$/), row }));
  expect(await place(5000)).toEqual(both);
  const drawn = await place(2300);
  expect(both).toEqual(expect.arrayContaining(drawn));
  expect(drawn.length).toBeGreaterThan(0);
});
