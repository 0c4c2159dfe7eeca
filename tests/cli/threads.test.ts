// `dinc train` with threads: one that ends leaves the checkpoint and says how to go on; on any number of
// threads, cut off or not, a training ends with the same bits.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeSmallTraining } from "./small-training.ts";
import { root } from "./spawn.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-threads-"));
  writeSmallTraining(folder, 6);
});
afterAll(() => rmSync(folder, { recursive: true }));

const hook = pathToFileURL(join(root, "tests/backends/threads/hook.mjs")).href;

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** `how` ends the first thread that is started beside the first: see `hook.mjs`. */
async function train(out: string, threads: number, how: string | null, stop = false): Promise<Ended> {
  const args = ["train", "--backend", "wasm", "--threads", String(threads), "--out", out];
  const every = ["--checkpoint-every", "0.02", "--resume"];
  const env = how === null ? {} : { HOW: how, NODE_OPTIONS: `--import ${hook}` };
  const child = spawn(process.execPath, [join(root, "bin/dinc.js"), ...args, ...every], {
    ...{ cwd: folder, env: { ...process.env, ...env }, stdio: ["ignore", "ignore", "pipe"] },
  });
  let said = "";
  let stopped = false;
  child.stderr!.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const timer = setInterval(() => {
    if (!stop || stopped || !existsSync(join(folder, `${out}.checkpoint`))) return;
    stopped = true;
    child.kill("SIGINT");
  }, 2);
  const [code] = (await once(child, "close")) as [number | null];
  clearInterval(timer);
  return { code, said };
}

const weights = (out: string) => readFileSync(join(folder, out, "weights.safetensors"));
const beside = (out: string) =>
  readdirSync(folder)
    .filter((name) => name.startsWith(out))
    .sort();

test("a training interrupted on one thread, and by the end of a thread, ends with the bits of an uninterrupted one", async () => {
  expect(await train("whole", 1, null)).toMatchObject({ code: 0 });

  expect(await train("cut", 1, null, true)).toMatchObject({ code: 130 });
  expect(beside("cut")).toEqual(["cut.checkpoint", "cut.stopped"]);

  const failed = await train("cut", 3, "throw 200");
  expect(failed.said).toMatch(/going on after step \d+ of epoch 1/);
  expect(failed.code).toBe(1);
  expect(failed.said).toContain(
    "error[DIN0537 thread-stopped]: a thread that computed a part of a step stopped: no luck",
  );
  expect(failed.said).toMatch(/cut\.checkpoint stays as it was kept after (step \d+ of )?epoch \d/);
  expect(failed.said).not.toMatch(/\n\s+at .*:\d+/);
  expect(beside("cut")).toEqual(["cut.checkpoint", "cut.stopped"]);

  expect(await train("cut", 2, null)).toMatchObject({ code: 0 });
  expect(beside("cut")).toEqual(["cut"]);
  expect(weights("cut").equals(weights("whole"))).toBe(true);
});
