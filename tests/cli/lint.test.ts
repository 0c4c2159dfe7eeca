// `dinc lint` as scripts rely on it: advice beside findings, and what may fail a build.

import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runHere } from "./run-here.ts";
import { root } from "./spawn.ts";

const advised = join(root, "tests/lint/no-gauc.din");

test("advice is printed and fails nothing", async () => {
  const { code, out, err } = await runHere(["lint", "--format", "concise", advised]);
  expect(code).toBe(0);
  expect(out).toMatch(/^\S+no-gauc\.din:\d+:\d+: advice DIN0725: .*\n$/);
  expect(err).toBe("");
  expect((await runHere(["lint", advised])).err).toMatch(/1 piece of advice; `dinc explain DIN0725`/);
});

test("`dinc check` gives none", async () => {
  expect(await runHere(["check", advised])).toMatchObject({ code: 0, out: "" });
});

test("--deny makes a rule binding", async () => {
  expect((await runHere(["lint", "--deny", "no-gauc", advised])).code).toBe(1);
  expect((await runHere(["lint", "--deny", "DIN0701", advised])).code).toBe(0);
});

test("errors have the text of `dinc check`", async () => {
  const bad = join(root, "tests/bad/unknown-name.din");
  expect(await runHere(["lint", bad])).toEqual(await runHere(["check", bad]));
});

test("--fix leaves advice to the author, and removes comments that ignore nothing", async () => {
  const folder = mkdtempSync(join(tmpdir(), "dinc-lint-"));
  const file = join(folder, "model.din");
  copyFileSync(advised, file);
  const before = readFileSync(file, "utf8");
  const { code, out } = await runHere(["lint", "--fix", file]);
  expect(code).toBe(0);
  expect(out).toContain("= guess: add `gauc(by: user_id)`");
  expect(readFileSync(file, "utf8")).toBe(before);
  writeFileSync(file, before.replace("train {", "// dinc-ignore unusual-batch: there are few rows\ntrain {"));
  expect((await runHere(["lint", "--fix", file])).err).toContain("1 mistake fixed");
  expect(readFileSync(file, "utf8")).toBe(before);
  rmSync(folder, { recursive: true });
});

test("sarif has advice as notes, with the rule's explanation", async () => {
  const { runs } = JSON.parse((await runHere(["lint", "--format", "sarif", advised])).out);
  expect(runs[0].results).toMatchObject([{ ruleId: "DIN0725", level: "note" }]);
  expect(JSON.stringify(runs[0].tool.driver.rules)).toContain("Zhu et al., KDD 2017");
});

test("`dinc explain` shows an example that gets the advice and one that does not", async () => {
  const { code, out } = await runHere(["explain", "no-gauc"]);
  expect(code).toBe(0);
  expect(out).toContain("DIN0725 no-gauc (advice)");
  expect(out).toMatch(/Output of dinc:\n\n {2}advice\[DIN0725 no-gauc\]/);
  expect(out).toContain("+ train { metrics auc, log_loss, gauc(by: user_id) }");
});
