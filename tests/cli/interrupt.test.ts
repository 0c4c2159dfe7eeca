// Ctrl-C in the middle of a training: after the step that runs, with a sentence, leaving what it takes to go on.

import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nativeAvailable } from "../../runtime/native/load.ts";
import { runHere } from "./run-here.ts";
import { root } from "./spawn.ts";

/** Some steps of a training take so long. */
const BEFORE_STOP_MS = 1500;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-interrupt-"));
  const rows = Array.from({ length: 200_000 }, (_, i) => `${i % 97},${i % 2}`);
  writeFileSync(
    join(folder, "model.din"),
    `model tiny
features item { item_id : id  embed 4 }
label click : binary
net { predict click = item_id |> mlp([1024, 1024], relu) |> dense(1) |> sigmoid }
train { batch 256  epochs 1000 }
`,
  );
  writeFileSync(join(folder, "train.csv"), `item_id,click\n${rows.join("\n")}\n`);
  writeFileSync(join(folder, "dinc.yaml"), "spec: model.din\ndata: { train: train.csv }\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a second training into the same run is refused before it begins", async () => {
  const args = ["train", "--backend", "wasm", "--out", "run"];
  const first = spawn(process.execPath, [join(root, "bin/dinc.js"), ...args], { cwd: folder });
  await new Promise<void>((resolve) => {
    let said = "";
    first.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("training rows")) resolve();
    });
  });
  const second = await runHere([...args, "--force"], { cwd: folder });
  expect(second.code).toBe(1);
  expect(second.err).toContain(
    `error[DIN0513 output-in-use]: process ${first.pid} is writing to run at the moment`,
  );
  // The refusal may come before the first step, after which there is something to leave.
  setTimeout(() => first.kill("SIGINT"), BEFORE_STOP_MS);
  await new Promise((resolve) => first.on("exit", resolve));
  expect(readdirSync(folder).filter((name) => name.startsWith("run"))).toEqual([
    "run.checkpoint",
    "run.stopped",
  ]);
});

test.each(nativeAvailable() ? ["wasm", "node"] : ["wasm"])("backend %s", async (backend) => {
  const args = ["train", "--backend", backend, "--out", backend];
  const child = spawn(process.execPath, [join(root, "bin/dinc.js"), ...args], { cwd: folder });
  let said = "";
  let told = false;
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
    // The rows are told when the first epoch begins.
    if (told || !said.includes("training rows")) return;
    told = true;
    setTimeout(() => child.kill("SIGINT"), BEFORE_STOP_MS);
  });
  const code = await new Promise((resolve) => child.on("exit", resolve));
  expect({ code, said }).toMatchObject({
    code: 130,
    said: expect.stringMatching(
      /stopped after step \d+ of epoch 1: continue with the same command and --resume\n\w+\.stopped is a run with the weights so far\n$/,
    ),
  });
  // An epoch has 782, and its batches are ready before they are asked for: the signal gets through between two of them.
  expect(Number(/after step (\d+)/.exec(said)![1])).toBeLessThan(782);
  expect(readdirSync(folder).filter((name) => name.startsWith(backend))).toEqual([
    `${backend}.checkpoint`,
    `${backend}.stopped`,
  ]);
});
