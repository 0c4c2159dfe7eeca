// The simulated example's generator: reproducible, readable by dinc, and of the click model it states.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { measure } from "../../compiler/middle/metrics/registry.ts";
import { LabelledScores } from "../../compiler/middle/metrics/scored.ts";
import { readTraining } from "../../runtime/data/read-data.ts";
import { describeTruth } from "../../runtime/driver/metric-notes.ts";
import { readConfig } from "../../runtime/driver/read-config.ts";
import { readTruth } from "../../runtime/files/truth.ts";
import { rowsOf, TestFolder } from "./files.ts";

const example = "examples/din-simulated";

function generate(folder: TestFolder, name: string, ...more: readonly string[]): string {
  const out = join(folder.path, name);
  const sizes = ["--users", "60", "--impressions", "12"];
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(example, "generate.mjs"), "--out", out, ...sizes, ...more],
    { encoding: "utf8" },
  );
  expect([status, stderr]).toEqual([0, ""]);
  return out;
}

describe("simulated clicks", () => {
  it("are rows that the example's spec reads, their best AUC that of the true chances", async () => {
    const out = generate(new TestFolder(), "data");
    const config = await readConfig(join(example, "dinc.yaml"), [`data.dir=${out}`]);
    const model = check(sourceFile("model.din", readFileSync(config.spec!, "utf8")));
    expect(model.diagnostics).toEqual([]);
    const { train, test } = await readTraining(model.value!, config.data!);
    expect([train.rows, test!.rows]).toEqual([600, 120]);
    const { chances } = JSON.parse(readFileSync(join(out, "truth.json"), "utf8")) as { chances: number[] };
    const truth = (await readTruth(config.data!))!;
    const scored = new LabelledScores(Float32Array.from(chances), test!.labels.get("click")!, new Map());
    expect(truth.auc).toBeCloseTo(measure({ kind: "auc" }, scored).value, 3);
    expect(readFileSync(join(out, "test.csv"), "utf8").split("\n", 1)[0]).not.toContain("chance");
  });

  it("are the same for the same seed", () => {
    const folder = new TestFolder();
    const read = (name: string, seed: string) =>
      readFileSync(join(generate(folder, name, "--seed", seed), "train.csv"), "utf8");
    expect(read("a", "1")).toBe(read("b", "1"));
    expect(read("a", "1")).not.toBe(read("c", "2"));
  });
});

describe("what the simulation knows", () => {
  const evaluation = { split: "test", label: "click", rows: 10, values: { auc: 0.7 }, details: {} } as const;

  it("is printed beside the metrics of a training", () => {
    const said = describeTruth({ label: "click", auc: 0.75, logLoss: 0.5 }, [evaluation]);
    expect(said).toBe(
      "test AUC 0.7000; the click model's own probabilities reach 0.7500: 80.0% of the way from chance",
    );
    expect(describeTruth({ label: "buy", auc: 0.75, logLoss: 0.5 }, [evaluation])).toBeNull();
  });

  it("is absent beside other data, and a diagnostic if it cannot be read", async () => {
    const folder = new TestFolder();
    const config = rowsOf("train.csv", { test: folder.write("test.csv", "") });
    expect(await readTruth(config)).toBeNull();
    folder.write("truth.json", '{"label": "click"}');
    expect(await folder.said(() => readTruth(config))).toContain(
      "it must hold `label`, `best_auc` and `best_log_loss` as JSON",
    );
  });
});
