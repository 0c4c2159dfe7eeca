// The README of examples/criteo: its commands, in their order, as a user gives them.

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runHere } from "../cli/run-here.ts";
import { root } from "../cli/spawn.ts";

const examples = mkdtempSync(join(tmpdir(), "dinc-examples-"));
const folder = join(examples, "criteo");
for (const name of ["criteo", "usage.mjs"])
  cpSync(join(root, "examples", name), join(examples, name), { recursive: true });
afterAll(() => rmSync(examples, { recursive: true, force: true }));

const readme = readFileSync(join(folder, "README.md"), "utf8");
const commands = (/^```sh\n(.*?)^```/ms.exec(readme)?.[1] ?? "")
  .split("\n")
  .map((line) => line.replace(/#.*/, "").trim())
  .filter((line) => line !== "");

test("39 columns are declared in two lines, train, and are one table each in the module", async () => {
  expect(commands.map((command) => command.split(" ").slice(0, 3).join(" "))).toEqual([
    "node generate.mjs --out",
    "npx dinc train",
    "npx dinc compile",
  ]);
  for (const command of commands) {
    const [program, ...args] = command.split(" ");
    if (program === "node") {
      const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
      expect([status, stderr]).toEqual([0, ""]);
    } else {
      const { code, err } = await runHere(args.slice(1), { cwd: folder });
      expect([code, err]).toEqual([0, expect.any(String)]);
    }
  }
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
