// A training that is killed at any moment goes on with --resume and ends with the weights of one that was not; nothing of
// it is lost or replaced unasked.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nativeAvailable } from "../../runtime/native/load.ts";
import { runHere } from "./run-here.ts";
import { writeSmallTraining } from "./small-training.ts";
import { root } from "./spawn.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-resume-"));
  writeSmallTraining(folder, 3, 300);
});
afterAll(() => rmSync(folder, { recursive: true }));

const backend = nativeAvailable() ? "node" : "wasm";
const train = (out: string, ...more: string[]) => ["train", "--backend", backend, "--out", out, ...more];
const weights = (out: string) => readFileSync(join(folder, out, "weights.safetensors"));

function start(out: string, ...more: string[]): ChildProcess & { said: () => string } {
  const args = [join(root, "bin/dinc.js"), ...train(out, "--checkpoint-every", "0.02", ...more)];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr!.on("data", (chunk: Buffer) => (said += chunk.toString()));
  return Object.assign(child, { said: () => said });
}

/** Until `condition`, or the process has ended. */
async function until(child: ChildProcess, condition: () => boolean): Promise<void> {
  while (!condition() && child.exitCode === null && child.signalCode === null) await sleep(2);
}

test("killed ten times at random moments, it ends with the same weights", { timeout: 300_000 }, async () => {
  const long = ["--set", "train.epochs=8"];
  expect((await runHere(train("whole", ...long), { cwd: folder })).code).toBe(0);
  const moments = fc.sample(fc.nat(300), 10);
  const places = new Set<string>();
  let kills = 0;
  while (!existsSync(join(folder, "killed"))) {
    const child = start("killed", "--resume", ...long);
    const ended = once(child, "exit");
    if (kills < 10) {
      // Before the first step or in any, after a checkpoint, and while one is written.
      const before = written("killed");
      await until(child, () => child.said().includes("training rows"));
      if (kills % 3 > 0) await until(child, () => written("killed") > before);
      await sleep(moments[kills]!);
      if (kills % 3 === 2) await until(child, () => partial("killed") !== undefined);
      child.kill("SIGKILL");
      kills += 1;
    }
    await ended;
    const place = /going on after step (\d+) of epoch (\d+)/.exec(child.said());
    if (place !== null) places.add(`${place[2]}.${place[1]}`);
    expect(child.said()).not.toMatch(/error/);
  }
  expect(kills).toBe(10);
  // Each place where it went on is another.
  expect(places.size).toBeGreaterThan(4);
  expect(weights("killed").equals(weights("whole"))).toBe(true);
  expect(beside("killed")).toEqual(["killed"]);
});

const beside = (out: string) => readdirSync(folder).filter((name) => name.startsWith(out));
const written = (out: string) =>
  statSync(join(folder, `${out}.checkpoint`), { throwIfNoEntry: false })?.mtimeMs ?? 0;
const partial = (out: string) => beside(out).find((name) => name.includes(".checkpoint.partial-"));

describe("what was cut off", () => {
  const checkpoint = () => join(folder, "cut.checkpoint");
  async function cut(signal: NodeJS.Signals): Promise<{ code: number | null; said: string }> {
    const child = start("cut", "--force", "--set", "train.epochs=50");
    await until(child, () => existsSync(checkpoint()));
    child.kill(signal);
    const [code] = (await once(child, "exit")) as [number | null];
    return { code, said: child.said() };
  }

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("by %s is kept after a step, and told how to go on", async (signal, code) => {
    rmSync(checkpoint(), { force: true });
    const ended = await cut(signal);
    expect(ended.code).toBe(code);
    expect(ended.said).toMatch(
      /stopping after this step; once more to stop at once\n(.*\n)*stopped after step \d+ of epoch \d+: go on with the same command and --resume\n$/,
    );
    expect(beside("cut")).toEqual(["cut.checkpoint"]);
  });

  test("is neither replaced nor started anew without being asked", async () => {
    const before = readFileSync(checkpoint());
    const again = await runHere(train("cut"), { cwd: folder });
    expect(again.code).toBe(1);
    expect(again.err).toMatch(
      /error\[DIN0530 training-unfinished\]: cut\.checkpoint holds a training that was cut off after step \d+ of epoch \d+\n.*--resume.*--force/s,
    );
    const other = await runHere(train("cut", "--resume"), { cwd: folder });
    expect(other.err).toMatch(/error\[DIN0532 checkpoint-mismatch\].*its train settings are others/);
    expect(readFileSync(checkpoint()).equals(before)).toBe(true);
  });

  test("is refused where it is damaged, and started anew with --force", async () => {
    truncateSync(checkpoint(), 200);
    expect((await runHere(train("cut", "--resume"), { cwd: folder })).err).toMatch(
      /error\[DIN0531 checkpoint-damaged\]/,
    );
    expect((await runHere(train("cut", "--force"), { cwd: folder })).code).toBe(0);
    expect(beside("cut")).toEqual(["cut"]);
    const done = await runHere(train("cut", "--resume"), { cwd: folder });
    expect(done).toMatchObject({ code: 0, err: "cut is complete: there is nothing to resume\n" });
  });

  test("keeps its last checkpoint where the loss stops being a number", async () => {
    const diverging = ["--set", "train.learning_rate=1e30", "--checkpoint-every", "0.000001"];
    const ended = await runHere(train("nan", ...diverging), { cwd: folder });
    // Whichever is noticed first.
    expect(ended.err).toMatch(/DIN0507 loss-not-finite|DIN0534 weights-not-finite/);
    expect(ended.err).toMatch(/nan\.checkpoint stays as it was kept after step \d+ of epoch 1/);
    expect(beside("nan")).toEqual(["nan.checkpoint"]);
  });
});
