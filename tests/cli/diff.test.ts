// dinc diff: the same seed, data and back end give the same weights, and where runs differ it says by what and why.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nativeAvailable } from "../../runtime/native/load.ts";
import type { RunComparison } from "../../runtime/run/compare-runs.ts";
import { manifestBytes } from "../../runtime/run/run-files.ts";
import type { Manifest } from "../../runtime/run/run-folder.ts";
import { runHere } from "./run-here.ts";
import { STACK_TRACE } from "./spawn.ts";

let folder = "";
const at = (...parts: string[]) => join(folder, ...parts);
const backend = nativeAvailable() ? "node" : "wasm";
const spec = `model tiny
features user { user_id : id }
features item { item_id : id  embed 4 }
history clicks(max: 5) { item_id <-> clicked }
label click : binary
net { predict click = concat(item_id, mean(clicks)) |> dense(8, dice) |> dropout(0.2) |> dense(1) |> sigmoid }
train { batch 16  epochs 2  metrics auc, gauc(by: user_id) }
`;
const rows = (count: number) =>
  `user_id,item_id,clicked,click\n${Array.from({ length: count }, (_, i) => `u${i % 9},i${(i * i) % 11},i${i % 7}|i${i % 4},${(i * i + 3 * i) % 7 < 3 ? 1 : 0}\n`).join("")}`;

async function train(out: string, ...more: string[]): Promise<void> {
  const made = await runHere(["train", "--backend", backend, "--out", out, ...more], { cwd: folder });
  expect(made.err).not.toContain("error");
  expect(made.code).toBe(0);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-diff-"));
  writeFileSync(at("model.din"), spec);
  writeFileSync(at("wide.din"), `// Twice as wide.\n${spec.replace("dense(8,", "dense(16,")}`);
  writeFileSync(at("remark.din"), `// As before.\n${spec}`);
  writeFileSync(at("train.csv"), rows(300));
  writeFileSync(at("more.csv"), rows(320));
  writeFileSync(at("test.csv"), rows(90));
  writeFileSync(at("dinc.yaml"), "spec: model.din\ndata: { train: train.csv, test: test.csv }\n");
  await train("a");
});
afterAll(() => rmSync(folder, { recursive: true }));

const diff = (a: string, b: string, ...more: string[]) => runHere(["diff", a, b, ...more], { cwd: folder });

/** What is said of runs that are as `how` makes the second. */
async function comparedWith(name: string, ...how: string[]): Promise<ReturnType<typeof diff>> {
  await train(name, ...how);
  const said = await diff("a", name);
  const json = await diff("a", name, "--format", "json");
  expect(json.code).toBe(said.code);
  expect((JSON.parse(json.out) as RunComparison).same).toBe(said.code === 0);
  return said;
}

/** The sentences after the heading of what may be why. */
const causes = (out: string): string[] => {
  const lines = out.split("\n");
  const from = lines.indexOf("What may be why:");
  return from < 0 ? [] : lines.slice(from + 1, -1).map((line) => line.trim());
};

describe("dinc diff", () => {
  test("the same seed, data and back end: the same weights, bit for bit", async () => {
    const same = await comparedWith("again");
    expect(same).toMatchObject({ code: 0, err: "" });
    expect(
      readFileSync(at("a", "weights.safetensors")).equals(readFileSync(at("again", "weights.safetensors"))),
    ).toBe(true);
    expect(same.out).toContain("weights: the same, bit for bit\n");
    expect(same.out).toMatch(/auc +(0\.\d{5}) +\1 +0 /);
    expect(same.out).toMatch(/The two are the same model with the same scores\.\n$/);
  });

  test("another seed", async () => {
    const { code, out } = await comparedWith("seed", "--seed", "7");
    expect(code).toBe(1);
    expect(out).toMatch(/weights: \d+ of \d+ arrays differ\n( {2}.* differs by up to [\d.e-]+\n)+/);
    expect(out).toContain("seed  2026 → 7\n");
    expect(out).toMatch(/auc +0\.\d{5} +0\.\d{5} +[+−]0\.\d{5} +0\.\d{5}–0\.\d{5} +0\.\d{5}–0\.\d{5}\n/);
    expect(causes(out)).toEqual([expect.stringContaining("the seed: ")]);
  });

  test("another network, as diff -u shows specs", async () => {
    const { code, out } = await comparedWith("wide", "wide.din");
    expect(code).toBe(1);
    expect(out).toContain("--- a/model.din\n+++ wide/model.din\n@@ -1,7 +1,8 @@\n+// Twice as wide.\n");
    expect(out).toContain("dense(8, dice)");
    expect(out).toMatch(/net\.click\.dense_1\.kernel +8 × 8 → 8 × 16\n/);
    expect(causes(out)).toEqual([expect.stringContaining("the spec: ")]);
  });

  test("a remark in the spec is no cause", async () => {
    const { code, out } = await comparedWith("remark", "remark.din");
    expect(code).toBe(0);
    expect(out).toContain("spec (the network that is trained is the same)\n--- a/model.din");
    expect(out).toContain("weights: the same, bit for bit");
  });

  test("other data, with the name of the file, and other settings", async () => {
    const { out } = await comparedWith(
      "data",
      "--set",
      "data.train=more.csv",
      "--set",
      "train.learning_rate=0.01",
    );
    expect(out).toMatch(/file 1 +train\.csv \([\d,]+ bytes, SHA-256 \w{12}\) → more\.csv \(/);
    expect(out).not.toContain("file 2");
    expect(out).toMatch(/train_rows +300 → 320/);
    expect(out).toMatch(/optimizer\.learning_rate +0\.001 → 0\.01/);
    expect(causes(out)).toEqual(["the settings of the training", expect.stringContaining("the data: ")]);
  });

  test("data whose batches have other numbers of rows of tables leave the network what it is", async () => {
    writeFileSync(
      at("plain.din"),
      `model plain
features item { item_id : id  embed 8 }
label click : binary
net { predict click = item_id |> dense(8, relu) |> dense(1) |> sigmoid }
train { batch 16  epochs 1 }
`,
    );
    for (const items of [2, 200]) {
      const ids = Array.from({ length: 200 }, (_, i) => `i${i % items},${i % 2}\n`);
      writeFileSync(at(`of-${items}.csv`), `item_id,click\n${ids.join("")}`);
      const data = ["--set", `data.train=of-${items}.csv`, "--set", `data.test=of-${items}.csv`];
      const made = await runHere(
        ["train", "plain.din", ...data, "--backend", "wasm", "--out", `of-${items}`],
        {
          cwd: folder,
        },
      );
      expect(made.code, made.err).toBe(0);
    }
    const { out } = await diff("of-2", "of-200", "--format", "json");
    expect((JSON.parse(out) as RunComparison).network).toBe("same");
  });

  test.runIf(nativeAvailable())("another back end", async () => {
    await train("other", "--backend", "wasm");
    const { code, out } = await diff("a", "other");
    expect(code).toBe(1);
    expect(causes(out)).toEqual([expect.stringContaining("the back end: ")]);
  });
});

describe("runs that are changed by hand", () => {
  const changed = (name: string, change: (manifest: Record<string, unknown>) => void): void => {
    cpSync(at("a"), at(name), { recursive: true });
    const manifest = JSON.parse(readFileSync(at(name, "manifest.json"), "utf8")) as Manifest;
    change(manifest as unknown as Record<string, unknown>);
    writeFileSync(at(name, "manifest.json"), manifestBytes(manifest));
  };

  test("another machine and other versions are listed, and do not make it another model", async () => {
    changed("moved", (manifest) => {
      manifest["compiler"] = "9.9.9";
      manifest["environment"] = {
        ...(manifest["environment"] as object),
        cpu: "Abacus",
        cores: 3,
        node: "v99.0.0",
      };
    });
    const { code, out } = await diff("a", "moved");
    expect(code).toBe(0);
    expect(out).toMatch(/machine\n {2}cpu +.* → Abacus\n {2}cores +\d+ → 3\n/);
    expect(out).toMatch(/versions\n {2}dinc +\S+ → 9\.9\.9\n {2}node +v\S+ → v99\.0\.0\n/);
  });

  test("other weights without a recorded cause", async () => {
    const weights = readFileSync(at("a", "weights.safetensors"));
    weights[weights.length - 2]! ^= 1;
    const { createHash } = await import("node:crypto");
    const record = (manifest: Record<string, unknown>) => {
      const files = manifest["files"] as Record<string, unknown>;
      files["weights.safetensors"] = {
        bytes: weights.length,
        hash: createHash("sha256").update(weights).digest("hex"),
      };
    };
    changed("odd", record);
    writeFileSync(at("odd", "weights.safetensors"), weights);
    const { code, out } = await diff("a", "odd");
    expect(code).toBe(1);
    expect(out).toMatch(/weights: 1 of \d+ arrays differ/);
    expect(out).toContain("Nothing recorded in the runs differs");

    changed("old", (manifest) => {
      record(manifest);
      delete manifest["environment"];
    });
    writeFileSync(at("old", "weights.safetensors"), weights);
    expect(causes((await diff("a", "old")).out)).toContain(
      "old: made by an earlier dinc, which did not record the machine",
    );
  });

  test("a run that is damaged or missing: 2, as of diff(1), and what is wrong", async () => {
    cpSync(at("a"), at("cut"), { recursive: true });
    writeFileSync(at("cut", "weights.safetensors"), "");
    for (const [path, said] of [
      ["cut", "error[DIN0504 run-damaged]: the run is damaged: cut/weights.safetensors has 0 bytes"],
      ["none", "error[DIN0503 run-missing]: none is not a run folder"],
    ] as const) {
      const ended = await diff("a", path);
      expect(ended).toMatchObject({ code: 2, out: "" });
      expect(ended.err).toContain(said);
      expect(ended.err).not.toMatch(STACK_TRACE);
    }
  });

  test("the manifest describes the machine that trained it", () => {
    const { environment, stepHash } = JSON.parse(readFileSync(at("a", "manifest.json"), "utf8")) as Manifest;
    expect(environment).toMatchObject({
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
    });
    expect(environment!.cores).toBeGreaterThan(0);
    expect(stepHash).toMatch(/^[0-9a-f]{64}$/);
  });
});
