// A training that is killed at any moment goes on with --resume, and ends with the weights of one that was not.

import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { nativeAvailable } from "../../runtime/native/load.ts";
import { CutTrainings, until } from "./cut-trainings.ts";
import { runHere } from "./run-here.ts";

const trainings = new CutTrainings(nativeAvailable() ? "node" : "wasm");
const { folder } = trainings;
const weights = (out: string) => readFileSync(join(folder, out, "weights.safetensors"));
const written = (out: string) =>
  statSync(join(folder, `${out}.checkpoint`), { throwIfNoEntry: false })?.mtimeMs ?? 0;
const partial = (out: string) => trainings.beside(out).find((name) => name.includes(".checkpoint.partial-"));

test("killed ten times at random moments, it ends with the same weights", { timeout: 300_000 }, async () => {
  // On a fast machine ten kills leave it unfinished too.
  const long = ["--set", "train.epochs=30"];
  expect((await runHere(trainings.arguments("whole", ...long), { cwd: folder })).code).toBe(0);
  const moments = fc.sample(fc.nat(300), 10);
  const places = new Set<string>();
  let kills = 0;
  while (!existsSync(join(folder, "killed"))) {
    const child = trainings.start("killed", "--resume", ...long);
    const ended = once(child, "close");
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
    // Where writing takes long, only the ends of epochs have checkpoints.
    const place = /going on after (step \d+ of epoch \d+|epoch \d+)/.exec(child.said());
    if (place !== null) places.add(place[1]!);
    expect(child.said()).not.toMatch(/error/);
  }
  expect(kills).toBe(10);
  // Each place where it went on is another.
  expect(places.size).toBeGreaterThan(4);
  expect(weights("killed").equals(weights("whole"))).toBe(true);
  expect(trainings.beside("killed")).toEqual(["killed"]);
});
