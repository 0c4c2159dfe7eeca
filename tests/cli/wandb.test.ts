// The script of docs/training.md that hands a run to Weights & Biases: it says what the run's own records
// say, epoch by epoch. The client is a stand-in that writes down what it is told; with WANDB as the path of a
// Python that has the real one, that is asked, too.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runHere } from "./run-here.ts";
import { root } from "./spawn.ts";

const STAND_IN = `import json, os
class Run:
    def __init__(self, **asked): self.told = {"asked": asked, "log": [], "files": []}
    def log(self, curves, step): self.told["log"].append([step, curves])
    def log_artifact(self, path, name, type): self.told["files"] += sorted(os.listdir(path))
    def finish(self): json.dump(self.told, open("told.json", "w"))
def init(**asked): return Run(**asked)
`;

interface Told {
  readonly asked: { readonly project: string; readonly name: string; readonly config: object };
  readonly log: readonly (readonly [epoch: number, curves: Readonly<Record<string, number>>])[];
  readonly files: readonly string[];
}

let folder = "";
const at = (...parts: string[]) => join(folder, ...parts);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-wandb-"));
  const spec = `model tiny
param units = 8
features item { item_id : id  embed 4 }
label click : binary
label buy : binary
net {
  let hidden = item_id |> dense(units, relu)
  predict click = hidden |> dense(1) |> sigmoid
  predict buy   = hidden |> dense(1) |> sigmoid
}
train { batch 10  epochs 2  metrics auc, log_loss }
`;
  writeFileSync(at("model.din"), spec);
  const rows = Array.from({ length: 100 }, (_, i) => `i${i % 11},${i % 2},${i % 3 === 0 ? 1 : 0}\n`);
  for (const name of ["train.csv", "test.csv"])
    writeFileSync(at(name), `item_id,click,buy\n${rows.join("")}`);
  writeFileSync(at("dinc.yaml"), "spec: model.din\ndata: { train: train.csv, test: test.csv }\n");
  const trained = await runHere(["train", "--out", "my-run", "--backend", "wasm"], { cwd: folder });
  expect(trained.code, trained.err).toBe(0);
  const docs = readFileSync(join(root, "docs/training.md"), "utf8");
  const [, script] = /```python\n("""python3 to_wandb\.py[\s\S]*?)```/.exec(docs)!;
  writeFileSync(at("to_wandb.py"), script!);
  mkdirSync(at("stand-in"));
  writeFileSync(at("stand-in/wandb.py"), STAND_IN);
});
afterAll(() => rmSync(folder, { recursive: true }));

const metrics = () =>
  readFileSync(at("my-run/metrics.jsonl"), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, number>);
const manifest = () => JSON.parse(readFileSync(at("my-run/manifest.json"), "utf8"));

test("all that a run's records say of its epochs is told, and its files go with it", () => {
  const env = { ...process.env, PYTHONPATH: at("stand-in") };
  execFileSync("python3", ["to_wandb.py", "my-run/"], { cwd: folder, env });
  const { asked, log, files } = JSON.parse(readFileSync(at("told.json"), "utf8")) as Told;
  expect(asked).toMatchObject({
    project: "tiny",
    name: "my-run",
    config: { units: 8, batch: 10, epochs: 2 },
  });
  expect(log.map(([epoch]) => epoch)).toEqual([1, 2]);
  for (const { epoch, split, prediction, train_loss, auc, log_loss } of metrics())
    expect(log[epoch! - 1]![1]).toMatchObject({
      "epoch/train_loss": train_loss,
      [`${split}/${prediction}/auc`]: auc,
      [`${split}/${prediction}/log_loss`]: log_loss,
    });
  expect(files).toContain("weights.safetensors");
});

const real = process.env["WANDB"];
if (real !== undefined)
  test("Weights & Biases itself keeps it, offline", () => {
    const env = { ...process.env, WANDB_MODE: "offline", WANDB_SILENT: "true" };
    execFileSync(real, ["to_wandb.py", "my-run"], { cwd: folder, env });
    const run = readdirSync(at("wandb")).find((name) => name.startsWith("offline-run-"))!;
    const [records] = readdirSync(at("wandb", run)).filter((name) => name.endsWith(".wandb"));
    const kept = readFileSync(at("wandb", run, records!), "latin1");
    const { prediction, auc } = metrics().at(-1)!;
    for (const said of [`test/${prediction}/auc`, String(auc), manifest().graphHash])
      expect(kept).toContain(said);
  });
