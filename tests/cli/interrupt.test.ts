// Ctrl-C in the middle of a training: at once, with a sentence, leaving nothing behind.

import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root, run } from "./spawn.ts";

let folder = "";
const files = ["dinc.yaml", "model.din", "train.csv"];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-interrupt-"));
  const rows = Array.from({ length: 200_000 }, (_, i) => `${i % 97},${i % 2}`);
  writeFileSync(
    join(folder, "model.din"),
    `model tiny
features item { item_id : id  embed 4 }
label click : binary
net { predict click = item_id |> mlp([256, 256], relu) |> dense(1) |> sigmoid }
train { batch 256  epochs 1000 }
`,
  );
  writeFileSync(join(folder, "train.csv"), `item_id,click\n${rows.join("\n")}\n`);
  writeFileSync(join(folder, "dinc.yaml"), "spec: model.din\ndata: { train: train.csv }\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a second training into the same run learns of the first before it begins", async () => {
  const args = ["train", "--backend", "cpu", "--out", "run"];
  const first = spawn(process.execPath, [join(root, "bin/dinc.js"), ...args], { cwd: folder });
  await new Promise<void>((resolve) => {
    let said = "";
    first.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("training rows")) resolve();
    });
  });
  const second = run([...args, "--force"], { cwd: folder });
  expect(second.code).toBe(1);
  expect(second.err).toContain(
    `error[DIN0513 output-in-use]: process ${first.pid} is making a run in run right now`,
  );
  first.kill("SIGINT");
  await new Promise((resolve) => first.on("exit", resolve));
  expect(readdirSync(folder).sort()).toEqual(files);
});

test.each(["cpu", "wasm"])("backend %s", async (backend) => {
  const args = ["train", "--backend", backend, "--out", "run"];
  const child = spawn(process.execPath, [join(root, "bin/dinc.js"), ...args], { cwd: folder });
  let said = "";
  let told = false;
  let sent = 0;
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
    // The rows are told when the first epoch begins.
    if (told || !said.includes("training rows")) return;
    told = true;
    setTimeout(() => {
      sent = performance.now();
      child.kill("SIGINT");
    }, 1500);
  });
  const code = await new Promise((resolve) => child.on("exit", resolve));
  expect({ code, said }).toMatchObject({
    code: 130,
    said: expect.stringMatching(/stopped: nothing was written to run\n$/),
  });
  // An epoch takes longer, and its batches are ready before they are asked for.
  expect(performance.now() - sent).toBeLessThan(1000);
  expect(readdirSync(folder).sort()).toEqual(files);
});
