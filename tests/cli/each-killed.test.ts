// `dinc train --each` that is killed past the first epoch of a period goes on when it is called again, to the same weights.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readCheckpoint } from "../../runtime/run/checkpoint.ts";
import { runHere } from "./run-here.ts";
import { root } from "./spawn.ts";

let folder = "";
const at = (...parts: string[]) => join(folder, ...parts);
const args = (out: string) => [
  ...["train", "--each", "day", "--complete", "--out", out, "--backend", "wasm", "--threads", "1"],
];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-each-killed-"));
  writeFileSync(
    at("model.din"),
    `model tiny
features item { item_id : id  embed 8 }
label click : binary
net { predict click = item_id |> mlp([128, 64], relu) |> dense(1) |> sigmoid }
train { batch 2  epochs 4 }
`,
  );
  // Three epochs after the first have checkpoints in them even where writing one takes long.
  const rows = Array.from(
    { length: 24_000 },
    (_, i) =>
      `i${(i * 7) % 50},${i % 3 === 0 ? 1 : 0},${new Date(Date.UTC(2026, 10, 1) + i * 7_200).toISOString()}`,
  );
  writeFileSync(at("log.csv"), `item_id,click,at\n${rows.join("\n")}\n`);
  writeFileSync(at("dinc.yaml"), "spec: model.din\ndata: { train: log.csv, time: at, since: 2026-11-01 }\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

const weights = (out: string) =>
  readdirSync(at(out)).map((name) => [name, readFileSync(at(out, name, "weights.safetensors"), "hex")]);

/** Tells whether a checkpoint was written in the middle of an epoch, but not of the first one. */
async function isPastFirstEpoch(checkpoint: string): Promise<boolean> {
  const found = existsSync(checkpoint) ? await readCheckpoint(checkpoint) : null;
  return found !== null && found.state.epochs.length > 0 && found.state.running.steps > 0;
}

test("by SIGKILL in each period, it ends with the same runs", { timeout: 300_000 }, async () => {
  expect((await runHere(args("whole"), { cwd: folder })).code).toBe(0);
  const days = readdirSync(at("whole"));
  expect(days).toEqual(["2026-11-01", "2026-11-02"]);
  for (const day of days) {
    const child = spawn(
      process.execPath,
      [join(root, "bin/dinc.js"), ...args("killed"), "--checkpoint-every", "0.01"],
      {
        cwd: folder,
        stdio: ["ignore", "ignore", "pipe"],
      },
    );
    const ended = once(child, "exit");
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const checkpoint = at("killed", `${day}.checkpoint`);
    while (child.exitCode === null && !(await isPastFirstEpoch(checkpoint))) await sleep(2);
    child.kill("SIGKILL");
    await ended;
    expect(said).not.toContain("error");
    expect(existsSync(checkpoint)).toBe(true);
  }
  const last = await runHere(args("killed"), { cwd: folder });
  expect(last).toMatchObject({ code: 0, err: expect.stringMatching(/going on after step \d+ of epoch \d/) });
  expect(last.err).not.toContain("DIN");
  expect(weights("killed")).toEqual(weights("whole"));
});
