// Columns of rows in memory: their types, and missing values in lists.

import { expect, test } from "vitest";
import { Findings } from "../../compiler/data/findings.ts";
import { tableOf } from "../../compiler/data/table-rows.ts";

test.each([
  [[1, 2, null], "BIGINT"],
  [[1, 0.5], "DOUBLE"],
  [[1, "a"], "JSON"],
  [[null], "JSON"],
  [[["a"], [], ["b", null]], "VARCHAR[]"],
  [[[1], [0.5], [2]], "DOUBLE[]"],
  [[[1], ["a"]], "JSON[]"],
  [[[1], 1], "JSON"],
  [[[[1]], [[0.5]]], "DOUBLE[][]"],
])("%j have the type %s", (values, typeName) => {
  expect(tableOf({ column: values }, new Findings("rows")).columns.get("column")).toMatchObject({ typeName });
});

test("a hole in a list is a missing value", () => {
  const holed = ["a", "b", "c"];
  delete holed[1];
  const { columns } = tableOf([{ column: holed }], new Findings("rows"));
  expect(columns.get("column")!.cells).toEqual([["a", null, "c"]]);
});
