// Training rows that are measured on, too: said with how many they are, where they are more than chance makes.

import { copyFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { renderPretty } from "../../compiler/diagnostics/render/pretty.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { RowHashes } from "../../runtime/data/examples/shared-rows.ts";
import { readTraining } from "../../runtime/data/read-data.ts";
import { BadRowReport } from "../../runtime/data/tables/bad-rows.ts";
import { loadConfig, readConfig } from "../../runtime/driver/read-config.ts";
import { TestFolder } from "./files.ts";

const HEADER = "user_id,item_id,price,hist_item_id,click";
const spec = `model shop
features user { user_id : id  embed 4 }
features item { item_id : id  embed 4  price : number |> standardize }
history clicks(max: 5) { item_id <-> hist_item_id }
label click : binary
net { predict click = concat(user_id, item_id, price, mean(clicks)) |> dense(1) |> sigmoid }
`;
const line = (i: number) => `u${i % 37},i${i % 101},${i}.5,i${i % 7}|i${i % 11},${i % 2}`;
const lines = (from: number, to: number, of = line) =>
  Array.from({ length: to - from }, (_, i) => of(from + i));

/** What is said beside the rows of a training. */
async function saidOf(
  files: Record<string, readonly string[]>,
  policy: "fail" | "skip" = "fail",
): Promise<string> {
  const folder = new TestFolder();
  for (const [name, rows] of Object.entries(files)) folder.csv(`${name}.csv`, HEADER, ...rows);
  const settings = Object.keys(files).map((name) => `  ${name}: ${name}.csv\n`);
  const config = await readConfig(folder.write("dinc.yaml", `data:\n${settings.join("")}`));
  const { value: model } = check(sourceFile("shop.din", spec));
  const badRows = new BadRowReport(policy);
  await readTraining(model!, config.data!, { badRows });
  return renderPretty(badRows.remarks).replaceAll(`${folder.path}/`, "");
}

describe("rows of two files", () => {
  test("that are all the same", async () => {
    const rows = lines(0, 300);
    expect(await saidOf({ train: rows, test: rows.toReversed() })).toMatchInlineSnapshot(`
      "warning[DIN0596 rows-in-two-splits]: 300 of these 300 test rows are also training rows (train.csv)
       --> test.csv
        = help: name a file of rows that are not used for training, such as those of a later day
      "
    `);
  });

  test("that are mostly the same, among rows that are left out", async () => {
    const test = ["u1,i1,dear,i1,0", ...lines(200, 300), ...lines(900, 940)];
    expect(await saidOf({ train: [...lines(0, 300), "u1,i1,dear,i1,0"], valid: test }, "skip")).toMatch(
      /^warning\[DIN0596.*100 of these 140 validation rows are also training rows \(train\.csv\)/,
    );
  });

  test("that differ get no warning", async () => {
    expect(await saidOf({ train: lines(0, 300), test: lines(300, 600) })).toBe("");
    expect(await saidOf({ train: lines(0, 300), test: lines(240, 600) })).toBe("");
  });

  test("in a table of few values are the same by chance", async () => {
    const few = (i: number) => `u${i % 3},i${i % 2},${i % 4}.5,,${i % 2}`;
    expect(await saidOf({ train: lines(0, 300, few), test: lines(300, 600, few) })).toBe("");
  });

  test("are counted in bounded memory, and nearly exactly, where files are large", () => {
    const [first, second] = [new RowHashes(1000), new RowHashes(1000)];
    const hash = (i: number) => Math.floor(((i * 0.6180339887498949) % 1) * 2 ** 53);
    for (let i = 0; i < 200_000; i++) first.add(hash(i));
    for (let i = 0; i < 100_000; i++) second.add(hash(i % 2 === 0 ? i : i + 1_000_000));
    const { looked, found, again } = first.sharedWith(second);
    expect(looked).toBeLessThanOrEqual(1000);
    expect(looked).toBeGreaterThan(100);
    expect(again).toBe(0);
    expect(Math.abs(found / looked - 0.5)).toBeLessThan(0.1);
  });
});

test("two splits of one file are reported before it is read, links included", async () => {
  const folder = new TestFolder();
  const train = folder.csv("train.csv", HEADER, ...lines(0, 100));
  symlinkSync(train, join(folder.path, "link.csv"));
  copyFileSync(train, join(folder.path, "copy.csv"));
  writeFileSync(
    join(folder.path, "dinc.yaml"),
    "data:\n  train: train.csv\n  valid: copy.csv\n  test: link.csv\n",
  );
  const { value, diagnostics } = await loadConfig(join(folder.path, "dinc.yaml"));
  expect(value).not.toBeNull();
  expect(renderPretty(diagnostics).replaceAll(`${folder.path}/`, "")).toMatchInlineSnapshot(`
    "warning[DIN0595 splits-of-one-file]: \`data.test\` and \`data.train\` are the same file
     --> dinc.yaml:4:3
      |
    4 |   test: link.csv
      |   ^^^^
    "
  `);
});
