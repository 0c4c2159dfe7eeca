// The last try of a text, as the browser kept it.

import { expect, test } from "vitest";
import { readTry, type Try } from "../../playground/page/try.ts";

const made: Try = { spec: "model din", rows: "simulated", measure: "auc", points: [[10, 0.5]] };

test("a try is read as it was kept", () => {
  expect(readTry(JSON.stringify(made))).toEqual(made);
});

test.each([
  "{",
  "7",
  "null",
  "[]",
  JSON.stringify({ ...made, spec: 7 }),
  JSON.stringify({ ...made, rows: "other" }),
  JSON.stringify({ ...made, measure: undefined }),
  JSON.stringify({ ...made, points: 7 }),
  JSON.stringify({ ...made, points: [[10, null]] }),
  JSON.stringify({ ...made, points: [[10]] }),
])("%s isn't a try", (text) => {
  expect(readTry(text)).toBeNull();
});
