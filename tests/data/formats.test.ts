// What is said of a path that names no file of rows which dinc reads.

import { expect, test } from "vitest";
import { helpForPath } from "../../compiler/frontend/config/data-formats.ts";

test.each([
  ["s3://bucket/rows.parquet", /^dinc reads files of this machine/],
  ["/data/https://host/rows.csv", /^dinc reads files of this machine/],
  ["/data/part-*.parquet", /^name one file/],
  ["rows.feather", /^its ending says how it is read: \.csv, \.tsv, \.parquet, \.json, \.jsonl, \.ndjson/],
  ["rows", /^its ending/],
])("%s", (path, help) => {
  expect(helpForPath(path)).toMatch(help);
});

test("a missing file needs no help", () => {
  expect(helpForPath("/data/rows.csv.gz")).toBeNull();
});
