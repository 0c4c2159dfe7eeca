// A CSV may be called `.txt`: a path names it. A folder may contain a README.txt, which is never read.

import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it, test } from "vitest";
import { readTraining } from "../../runtime/data/read-data.ts";
import { sampleTable } from "../../runtime/driver/sample-table.ts";
import { rowFilesAt } from "../../runtime/files/row-files.ts";
import { rowsOf, TestFolder } from "./files.ts";
import { flatModel } from "./models.ts";

const ROWS = "item_id,click\n1,0\n2,1\n1,1\n";

test.each([
  ["rows.txt", ROWS],
  ["rows.TXT", ROWS],
  ["rows.txt.gz", gzipSync(ROWS)],
])("%s is a CSV", async (name, content) => {
  const folder = new TestFolder();
  const named = folder.write(name, content);
  const csv = folder.write("rows.csv", ROWS);
  const rowsIn = async (path: string) => (await readTraining(flatModel(), rowsOf(path))).train.rows;
  expect(await rowsIn(named)).toBe(await rowsIn(csv));
  const columns = async (path: string) => (await sampleTable(path)).columns;
  expect(await columns(named)).toEqual(await columns(csv));
});

it("a text without columns is refused", async () => {
  const folder = new TestFolder();
  const path = folder.write("notes.txt", "Some notes on this data.\nMore of them.\n");
  expect(await folder.said(() => readTraining(flatModel(), rowsOf(path)))).toContain(
    "it has one name only, and a text that isn't a table may have this ending",
  );
});

test("no folder or pattern of folders leads to texts, a pattern of texts does", () => {
  const folder = new TestFolder();
  const found = (address: string) => {
    const at = rowFilesAt(join(folder.path, address));
    return "problem" in at ? at.problem : at.files.map((path) => path.slice(folder.path.length + 1));
  };
  for (const name of ["a/README.txt", "a/NOTES.txt.gz", "a/LICENSE.txt.zst", "b/1.txt", "b/2.txt"])
    folder.write(name, ROWS);
  expect(found("a")).toBe("it is a folder without a file of rows");
  folder.write("a/rows.csv", ROWS);
  expect(found("a")).toEqual(["a/rows.csv"]);
  expect(found("**")).toEqual(["a/rows.csv"]);
  expect(found("b/*.txt")).toEqual(["b/1.txt", "b/2.txt"]);
});
