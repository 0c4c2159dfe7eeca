// The whole way on real data: DIN trains on Amazon Beauty by the paper's protocol, and the compiled module scores every
// test row as `dinc predict` does, unknown ids and empty histories among them.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root, run } from "../cli/spawn.ts";

const data = join(root, "../shared/data/amazon-beauty");
const folder = mkdtempSync(join(tmpdir(), "dinc-beauty-"));
const trained = join(folder, "run");
const source = ["-c", join(root, "examples/amazon-beauty/dinc.yaml"), "--set", `data.dir=${data}`];
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Comparison {
  readonly rows: number;
  readonly withUnknown: number;
  readonly withoutSteps: number;
  readonly largest: number;
  readonly beyondTolerance: number;
}

/** Scores rows with the run and with the module compiled from it. */
function compare(...rows: readonly string[]): Comparison {
  const result = spawnSync(process.execPath, [join(root, "tests/serve/compare.mjs"), trained, ...rows], {
    cwd: root,
    encoding: "utf8",
  });
  expect(result.stdout, result.stderr).toMatch(/^\{/);
  return JSON.parse(result.stdout) as Comparison;
}

interface Event {
  readonly user: string;
  readonly item: string;
}

function csv(name: string): string[][] {
  const [, ...lines] = readFileSync(join(data, name), "utf8").trim().split("\n");
  return lines.map((line) => line.split(","));
}

/** A row for each tenth user, spoiled in turn: an unknown target, an unknown past item, no history at all. */
function spoiledRows(): string {
  const category = new Map(csv("items.csv").map(([item, category]) => [item!, category!]));
  const byUser = new Map<string, Event[]>();
  for (const [user, item] of csv("interactions.csv"))
    byUser.set(user!, [...(byUser.get(user!) ?? []), { user: user!, item: item! }]);
  const lines = ["user_id,item_id,cate_id,hist_item_id,hist_cate_id"];
  [...byUser.values()].forEach((events, i) => {
    if (i % 10 !== 0) return;
    const { user, item } = events.at(-1)!;
    let past = events.slice(0, -1).map((event) => [event.item, category.get(event.item)!] as const);
    if (i % 3 === 0) past = [];
    if (i % 7 === 0) past = [["never seen", "nowhere"], ...past];
    const [target, kind] = i % 4 === 0 ? [`new-${i}`, "-1"] : [item, category.get(item)!];
    lines.push(
      [user, target, kind, past.map(([id]) => id).join("|"), past.map(([, id]) => id).join("|")].join(","),
    );
  });
  return `${lines.join("\n")}\n`;
}

describe.runIf(existsSync(data))("DIN on Amazon Beauty", () => {
  beforeAll(() => {
    const { code, err } = run(["train", ...source, "--set", "train.epochs=1", "--out", trained]);
    expect(code, err).toBe(0);
  }, 300_000);

  test("learns in one epoch what plain PyTorch does: AUC .780", () => {
    const { metrics } = JSON.parse(readFileSync(join(trained, "manifest.json"), "utf8")) as {
      metrics: { auc: number };
    };
    expect(metrics.auc).toBeGreaterThan(0.77);
    expect(metrics.auc).toBeLessThan(0.81);
  });

  test("`dinc eval` gives the metrics that training gave, to the last digit", () => {
    const { metrics } = JSON.parse(readFileSync(join(trained, "manifest.json"), "utf8")) as {
      metrics: object;
    };
    const { code, out, err } = run(["eval", trained, ...source, "--format", "json"]);
    expect(code, err).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ metrics });
  });

  test("the compiled module scores every test row as `dinc predict` does", () => {
    expect(compare(...source)).toMatchObject({ rows: 44_726, beyondTolerance: 0 });
  });

  test("… and rows with unknown ids and empty histories", () => {
    const path = join(folder, "spoiled.csv");
    writeFileSync(path, spoiledRows());
    const comparison = compare("--data", path);
    expect(comparison).toMatchObject({ rows: 2237, beyondTolerance: 0 });
    expect(comparison.withUnknown).toBeGreaterThan(500);
    expect(comparison.withoutSteps).toBeGreaterThan(500);
  });
});
