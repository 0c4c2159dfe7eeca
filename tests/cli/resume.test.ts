// An interrupted training says how to continue; nothing of it is lost, or replaced without a request.

import { once } from "node:events";
import { existsSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CutTrainings, until } from "./cut-trainings.ts";
import { runHere } from "./run-here.ts";

const trainings = new CutTrainings("wasm");
const { folder } = trainings;
const train = (out: string, ...more: readonly string[]) => trainings.arguments(out, ...more);
const beside = (out: string) => trainings.beside(out);

describe("what was cut off", () => {
  const checkpoint = () => join(folder, "cut.checkpoint");
  async function cut(signal: NodeJS.Signals): Promise<{ code: number | null; said: string }> {
    const child = trainings.start("cut", "--force", "--set", "train.epochs=50");
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
      /stopping after this step; once more to stop at once\n(.*\n)*stopped after step \d+ of epoch \d+: continue with the same command and --resume\ncut\.stopped is a run with the weights so far\n$/,
    );
    expect(beside("cut")).toEqual(["cut.checkpoint", "cut.stopped"]);
    const missing = await runHere(["eval", "cut", "--data", "train.csv"], { cwd: folder });
    expect(missing.err).toContain(
      "cut.stopped has the weights so far, and the same training with --resume continues",
    );
  });

  test("is neither replaced nor started anew without being asked", async () => {
    const before = readFileSync(checkpoint());
    const again = await runHere(train("cut"), { cwd: folder });
    expect(again.code).toBe(1);
    expect(again.err).toMatch(
      /error\[DIN0530 training-unfinished\]: cut\.checkpoint holds a training that was interrupted after step \d+ of epoch \d+\n.*--resume.*--force/s,
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
