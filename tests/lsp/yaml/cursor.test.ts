// Where the cursor stands in dinc.yaml while it is being written.

import { expect, test } from "vitest";
import { cursorAt, keysIn } from "../../../compiler/tools/lsp/config/cursor.ts";

/** `at path|typed`, the cursor at ┆; `-` where there is nothing to complete. */
function seen(marked: string): string {
  const cursor = cursorAt(marked.replace("┆", ""), marked.indexOf("┆"));
  return cursor === null ? "-" : `${cursor.at} ${cursor.path.join(".")}|${cursor.typed}`;
}

test.each([
  // Keys, by indentation.
  ["┆", "key |"],
  ["sp┆", "key |sp"],
  ["sp┆ec: m.din", "key |sp"],
  ["spec: m.din\nvari┆", "key |vari"],
  ["data:\n  ┆", "key data|"],
  ["data:\n┆", "key |"],
  ["data:\n  train: x\n  me┆", "key data|me"],
  ["data:\n  events:\n    path: x\n  ┆", "key data|"],
  ["data:\n  events:\n    path: x\n    ┆", "key data.events|"],
  ["data:\n  examples:\n    negatives:\n      ┆\n    split: y", "key data.examples.negatives|"],
  ["data:\n  dir: x\n\n┆\ntrain:\n", "key |"],
  ["a: |\n  text\nte┆", "key |te"],
  ["a: first\n  second\nte┆", "key |te"],
  // Within braces, closed or not.
  ["data:\n  events: { path: x, ┆", "key data.events|"],
  ["data:\n  events: { path: x, us┆", "key data.events|us"],
  ["data:\n  events: { path: x, ┆ }", "key data.events|"],
  ["data:\n  events: {\n    path: x,\n    us┆\n  }", "key data.events|us"],
  ["train: { epochs: 2 }\ndata:\n  ┆", "key data|"],
  ["data: { examples: { negatives: { ┆", "key data.examples.negatives|"],
  // Values.
  ["spec: ┆", "value spec|"],
  ["spec: m┆", "value spec|m"],
  ['data:\n  dir: "x┆', "value data.dir|x"],
  ["data: { events: { path: ┆", "value data.events.path|"],
  ["data:\n  steps: latest_┆last", "value data.steps|latest_"],
  [`data:\n  dir: \${HOME}/┆`, `value data.dir|\${HOME}/`],
  // Nothing to say.
  ["spec:┆", "-"],
  ["spec: m.din ┆", "-"],
  ["# co┆", "-"],
  ["a: b # c┆", "-"],
  ["a: |\n  te┆", "-"],
  ['data:\n  dir: "x"┆', "-"],
  ["data:\n  events: { path: x } ┆", "-"],
  ["data:\n  events: { path: x ┆", "-"],
  ["data: { events: { } ┆", "-"],
  ["params:\n  units: [1, ┆", "-"],
  ["- ┆", "-"],
  ["spec: m.din\n  ┆", "-"],
])("%j", (marked, expected) => {
  expect(seen(marked)).toBe(expected);
});

test("a key is replaced as a whole, and whether it has a colon is known", () => {
  expect(cursorAt("data:\n  tr: x", 9)).toMatchObject({ start: 8, end: 10, hasColon: true });
  expect(cursorAt("data:\n  tr", 9)).toMatchObject({ start: 8, end: 10, hasColon: false });
});

test("keys with what is above them", () => {
  const keys = keysIn("data:\n  ev: { a: 1, sa: { x: 2 } }\n  b: 1\nc: 2");
  expect(keys.map(({ path, key }) => [...path, key].join("."))).toEqual([
    "data",
    "data.ev",
    "data.ev.a",
    "data.ev.sa",
    "data.ev.sa.x",
    "data.b",
    "c",
  ]);
});
