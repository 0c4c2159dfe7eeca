// The demonstration dinc was made from: its three rows train, and its five mistakes are named.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { root, run, STACK_TRACE } from "../cli/spawn.ts";

const folder = mkdtempSync(join(tmpdir(), "dinc-seed-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const example = join(root, "examples/seed-demo");

describe("seed-demo", () => {
  test("ten epochs on its three rows: the loss falls every epoch", () => {
    const out = join(folder, "run");
    const { code, err } = run(["train", "-c", join(example, "dinc.yaml"), "--out", out]);
    expect(err).not.toMatch(STACK_TRACE);
    expect(code).toBe(0);
    const lines = readFileSync(join(out, "metrics.jsonl"), "utf8").trim().split("\n");
    const losses = lines.map((line) => (JSON.parse(line) as { train_loss: number }).train_loss);
    expect(losses).toHaveLength(10);
    losses.slice(1).forEach((loss, i) => {
      expect(loss).toBeLessThan(losses[i]!);
    });
  });

  test("mistakes 1 to 3 are errors of the spec, each with a code of its own", () => {
    const { code, out } = run(["check", "tests/bad/deepctr-demo.din", "--format", "concise"]);
    expect(code).toBe(1);
    expect(new Set(out.match(/DIN\d+/g))).toEqual(new Set(["DIN0220", "DIN0221", "DIN0223"]));
  });

  test("mistakes 4 and 5 are errors at the rows where they happen, and no run is left", () => {
    const copy = join(folder, "mistaken");
    cpSync(example, copy, { recursive: true });
    const spec = readFileSync(join(copy, "model.din"), "utf8");
    const mistaken = spec
      .replace(/(item_id\s+: id\(size: )4/, "$13")
      .replace(/(cate_id\s+: id\(size: )3/, "$12");
    expect(mistaken).not.toBe(spec);
    writeFileSync(join(copy, "model.din"), mistaken);
    const { code, err } = run(["train", "-c", "dinc.yaml", "--out", "run"], { cwd: copy });
    expect(code).toBe(1);
    expect(err).toContain("DIN0546");
    expect(err).toContain("`item_id` is 3, but `item_id : id(size: 3)` allows 0 to 2");
    expect(err).toContain("train.csv, row 3, column item_id");
    expect(err).toContain("`cate_id` is 2, but `cate_id : id(size: 2)` allows 0 to 1");
    expect(err).toContain("train.csv, row 2, column cate_id");
    expect(() => readFileSync(join(copy, "run/manifest.json"))).toThrow("ENOENT");
  });
});
