// `dinc train --linear`: a second run of a linear model on the same rows, a table of both, and what it refuses.

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { train } from "../../runtime/index.ts";
import { summaryOf } from "../../runtime/run/run-summary.ts";
import { runHere } from "./run-here.ts";
import { writeSmallTraining } from "./small-training.ts";

let folder = "";
const at = (...parts: string[]) => join(folder, ...parts);
const dinc = (...args: string[]) => runHere(["train", ...args, "--backend", "wasm"], { cwd: folder });
const weights = (run: string) => readFileSync(at(run, "weights.safetensors"));

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-linear-"));
  writeSmallTraining(folder, 1, 500);
});
afterAll(() => rmSync(folder, { recursive: true }));

test("both models are trained on the same rows, and a table has the metrics of both", async () => {
  const { code, out, err } = await dinc("--out", "run", "--linear", "linear");
  expect(code, err).toBe(0);
  const table = out.slice(out.lastIndexOf(" model")).split("\n");
  expect(table[0]).toMatch(/model +epoch +auc on test/);
  for (const [line, run, name] of [
    [table[2]!, "run", "tiny"],
    [table[3]!, "linear", "linear"],
  ] as const) {
    const auc = (await summaryOf(at(run))).test["click"]!["auc"]!;
    expect(line.trim()).toMatch(new RegExp(`^${name} +1 +${auc.toFixed(5)}`));
  }
  expect(readFileSync(at("linear/model.din"), "utf8")).toContain(
    "predict click = weight(item_id) + mean(weight(clicks.item_id)) |> bias |> sigmoid",
  );
  expect((await dinc("--out", "alone")).code).toBe(0);
  expect(weights("run")).toEqual(weights("alone"));
});

test("a training that is stopped in the linear model goes on there", async () => {
  const controller = new AbortController();
  const options = {
    config: at("dinc.yaml"),
    out: at("stopped"),
    linear: at("later"),
    backend: "wasm",
  } as const;
  const stopped = train(null, {
    ...options,
    signal: controller.signal,
    onEvent: ({ kind }) => {
      if (kind === "linear") controller.abort();
    },
  });
  await expect(stopped).rejects.toThrow("stopped");
  expect(existsSync(at("stopped/manifest.json"))).toBe(true);
  const { code, out } = await dinc("--out", "stopped", "--linear", "later", "--resume");
  expect(code).toBe(0);
  expect(out).toMatch(/\n +tiny +1 .*\n *linear +1 /);
  expect(weights("later")).toEqual(weights("linear"));
});

test("what can't go together is refused before a step", async () => {
  const refused = async (...more: string[]) => {
    const { code, err } = await dinc("--out", "new", "--linear", ...more);
    expect(existsSync(at("new"))).toBe(false);
    return `${code} ${err}`;
  };
  expect(await refused("linear")).toMatch(/^1 .*DIN0501.*linear already holds/s);
  expect(await refused("new")).toMatch(/^2 .*--linear and --out name the same folder/s);
  expect(await refused("base", "--from", "run")).toMatch(/^2 .*--linear with --from/s);
  expect(await refused("base", "--seeds", "2")).toMatch(/^2 .*--seeds with --linear/s);
  expect(await refused("base", "--folds", "2")).toMatch(/^2 .*--folds with --linear/s);
});
