// The README of examples/criteo: its commands, in their order, as a user gives them.

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runHere } from "../cli/run-here.ts";
import { commandsOf, copyOf, runCommands } from "./commands.ts";

const { folder: copies, path: folder } = copyOf("criteo");
afterAll(() => rmSync(copies, { recursive: true, force: true }));

test("39 columns are declared in two lines, train, and are one table each in the module", async () => {
  const commands = commandsOf("criteo");
  expect(commands.map((command) => command.split(" ").slice(0, 3).join(" "))).toEqual([
    "node generate.mjs --out",
    "npx dinc train",
    "npx dinc compile",
  ]);
  await runCommands(commands, folder);
  const manifest = JSON.parse(readFileSync(join(folder, "run/manifest.json"), "utf8")) as {
    tables: Readonly<Record<string, unknown>>;
  };
  const names = Object.keys(manifest.tables);
  for (let c = 1; c <= 26; c++) expect(names).toEqual(expect.arrayContaining([`c${c}`, `c${c}.weight`]));
  expect(names).toHaveLength(52);
});

test("a draft of its rows has ranges", async () => {
  const { code, err } = await runHere(["init", "draft", "--data", "data/train.tsv"], { cwd: folder });
  expect(code, err).toBe(0);
  const spec = readFileSync(join(folder, "draft/model.din"), "utf8");
  expect(spec).toMatch(/^ {2}i1\.\.i13 +: number\(missing: unknown\) \|> quantiles\(12\) +embed 8/m);
  expect(spec).toMatch(/^ {2}c1\.\.c26 +: id\(min_count: 2, missing: unknown\) +embed /m);
});
