// A data format is one file and one line. The toy is put into both lists, as its lines would put it; then a model is
// trained on its files, and nothing else had to know of it.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dataFormats, type FormatFacts } from "../../../compiler/frontend/config/data-format-list.ts";
import { helpForMissing } from "../../../compiler/frontend/config/data-formats.ts";
import { fileFormats } from "../../../runtime/data/formats/registry.ts";
import { readTraining } from "../../../runtime/data/read-data.ts";
import { root } from "../../cli/spawn.ts";
import { rowsOf, TestFolder } from "../files.ts";
import { flatModel } from "../models.ts";
import { toy, toyFacts } from "./toy.ts";

(dataFormats as FormatFacts[]).push(toyFacts);
Object.assign(fileFormats, { toy });

const ROWS = ["a,1", "b,0", "a,0", "c,1"];

test("a model is trained on its rows as on those of a CSV", async () => {
  const folder = new TestFolder();
  const csv = folder.csv("rows.csv", "item_id,click", ...ROWS);
  const toy = folder.write(
    "rows.toy",
    ROWS.map((row) => row.replace(/(.*),(.*)/, "item_id=$1 click=$2\n")).join(""),
  );
  const [ofCsv, ofToy] = await Promise.all([csv, toy].map((path) => readTraining(flatModel(), rowsOf(path))));
  expect(ofToy!.fitted).toEqual(ofCsv!.fitted);
  expect(ofToy!.train).toEqual(ofCsv!.train);
});

test("its faults name the row", async () => {
  const folder = new TestFolder();
  const path = folder.write("rows.toy", "item_id=a click=1\nitem_id\n");
  const said = await folder.said(() => readTraining(flatModel(), rowsOf(path)));
  expect(said).toContain("a value has no name");
  expect(said).toContain("--> rows.toy, row 2");
});

test("messages list its ending", () => {
  expect(helpForMissing("rows.xlsx")).toMatch(/\.ndjson, \.toy/);
});

test("only the lists name a format, and the documentation names every ending", () => {
  const documented = readFileSync(join(root, "docs/data.md"), "utf8");
  for (const { endings, name } of dataFormats.filter(({ name }) => String(name) !== "toy"))
    for (const ending of endings) expect(documented, name).toContain(`\`.${ending}\``);
  // A comparison with the name of a format would be a place that a new format has to know.
  const asking = ["runtime/data", "runtime/prepared", "compiler/frontend/config"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .filter((file) =>
        /format(\.name|Of\([^)]*\)|At\([^)]*\)) [!=]== "/.test(
          readFileSync(join(root, folder, file), "utf8"),
        ),
      ),
  );
  expect(asking).toEqual([]);
});
