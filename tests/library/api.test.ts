// docs/api.md says what the library exports, in the words of its docstrings; nothing that is exported is without some.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../cli/spawn.ts";
import { apiPage, pageOf } from "./api-page.ts";

const path = join(root, "docs/api.md");
const page = apiPage();

test("docs/api.md is made from the docstrings", () => {
  if (process.env["UPDATE"] !== undefined) writeFileSync(path, page);
  expect(existsSync(path) ? readFileSync(path, "utf8") : "").toBe(page);
});

test("two exports of one name that are different things are refused", () => {
  const paths = { dinc: "compiler/common/source-file.ts", other: "tests/library/other-position.ts" };
  expect(() => pageOf(paths)).toThrow("other exports another Position than the entry points before it");
});

test("every function has a docstring", () => {
  const without = [...page.matchAll(/^### (\w+)\n\n```ts\nfunction /gm)].map(([, name]) => name);
  expect(without).toEqual([]);
  for (const name of [
    "check",
    "explain",
    "openTraining",
    "compileTrained",
    "takePart",
    "train",
    "resume",
    "predict",
    "compareRuns",
    "doctor",
  ])
    expect(page).toContain(`### ${name}\n`);
});

test("the documents lead to it", () => {
  expect(readFileSync(join(root, "docs/README.md"), "utf8")).toContain("(api.md)");
});
