// What is said of a path that names no file of rows which dinc reads.

import { expect, test } from "vitest";
import { helpForMissing } from "../../compiler/frontend/config/data-formats.ts";

test.each([
  ["hdfs://host/rows.parquet", /^dinc reads files of this machine/],
  ["/data/gs://bucket/rows.csv", /^dinc reads files of this machine/],
  [
    "rows.xlsx",
    /^the ending determines how a file is read: \.csv, \.txt, \.tsv, \.parquet, \.arrow, \.feather, \.arrows, \.ipc, \.ftr, \.npz, \.json, \.jsonl, \.ndjson/,
  ],
])("%s", (path, help) => {
  expect(helpForMissing(path)).toMatch(help);
});

test.each(["/data/rows.csv.gz", "/data/part-*.parquet", "rows"])(
  "%s that is missing needs no help",
  (path) => {
    expect(helpForMissing(path)).toBeNull();
  },
);
