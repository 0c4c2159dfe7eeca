// An early stop through the command line, with validation rows taken from the training rows: what is said, and what the run
// folder then holds.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runHere } from "./run-here.ts";

// So fast that what is learned by heart soon costs more than what is learned.
const spec = `model tiny

features user { user_id : id  embed 8 }
features item { item_id : id  embed 8 }
label click : binary

net { predict click = concat(user_id, item_id) |> mlp([32], relu) |> dense(1) |> sigmoid }

train {
  loss      binary_cross_entropy(smoothing: 0.02)
  optimizer adamw(0.02)
  schedule  cosine(warmup: 3, final: 0.5)
  clip      norm(1.0)
  batch 16  epochs 30
  stop      early(metric: log_loss, patience: 2)
  metrics   auc, log_loss
}
`;

let folder = "";
const at = (...parts: string[]) => join(folder, ...parts);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-stop-"));
  writeFileSync(at("model.din"), spec);
  const rows = Array.from({ length: 240 }, (_, row) => {
    const [user, item] = [row % 24, (row * 7) % 10];
    return `u${user},i${item},${(item * 3 + user + row) % 4 === 0 ? 1 : 0}`;
  });
  writeFileSync(at("train.csv"), `user_id,item_id,click\n${rows.join("\n")}\n`);
  const validate = "  validate: { share: 0.25, by: user_id }\n";
  writeFileSync(at("dinc.yaml"), `spec: model.din\ndata:\n  train: train.csv\n${validate}`);
  writeFileSync(at("without.yaml"), "spec: model.din\ndata:\n  train: train.csv\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

test("ends before its epochs do, and the run has the weights and metrics of the best", async () => {
  const trained = await runHere(["train", "--backend", "wasm", "--out", "run"], { cwd: folder });
  expect(trained.code, trained.err).toBe(0);
  expect(trained.err).toContain("180 training rows, 60 validation rows");
  const manifest = JSON.parse(readFileSync(at("run", "manifest.json"), "utf8"));
  const { epoch, stopped } = manifest;
  const said = new RegExp(
    `stopped early, after epoch ${epoch + 2} of 30: log_loss on the validation rows was best in epoch ${epoch}, ` +
      `${stopped.value.toFixed(5)}; the run has the weights of epoch ${epoch}`,
  );
  expect(trained.err).toMatch(said);
  expect(readFileSync(at("run", "report.html"), "utf8")).toMatch(said);
  expect(stopped).toMatchObject({ metric: "log_loss", label: "click", epoch, early: true });
  expect(manifest.metrics.log_loss).toBe(stopped.value);
  expect(manifest.data).toMatchObject({ trainRows: 180, validRows: 60, validate: { by: "user_id" } });
  // One line an epoch, of which the kept one is the best.
  const lines = readFileSync(at("run", "metrics.jsonl"), "utf8").trimEnd().split("\n");
  const losses = lines.map((line) => JSON.parse(line).log_loss as number);
  expect(losses).toHaveLength(epoch + 2);
  expect(Math.min(...losses)).toBe(losses[epoch - 1]);

  // The same rows, the same weights: to the last digit what the best epoch had.
  const evaluated = await runHere(
    ["eval", "run", "-c", "dinc.yaml", "--split", "valid", "--format", "json"],
    {
      cwd: folder,
    },
  );
  expect(JSON.parse(evaluated.out)).toMatchObject({ metrics: { log_loss: stopped.value } });
});

test("early stopping is refused where there are only test rows to choose the epoch by", async () => {
  const { code, err } = await runHere(["train", "-c", "without.yaml", "--backend", "wasm", "--out", "none"], {
    cwd: folder,
  });
  expect(code).toBe(1);
  expect(err).toContain("DIN0434");
});
