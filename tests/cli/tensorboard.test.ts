// --tensorboard: the files hold what the run's own records say, and a training that is gone on with goes on in the folder.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nativeAvailable } from "../../runtime/native/load.ts";
import { EventFile } from "../../runtime/train/event-file.ts";
import { readEventFiles } from "../support/event-files.ts";
import { interruptHere, runHere } from "./run-here.ts";
import { root, run, STACK_TRACE } from "./spawn.ts";

let folder = "";
const at = (...parts: string[]) => join(folder, ...parts);
const dinc = join(root, "bin/dinc.js");

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-tensorboard-"));
  writeFileSync(
    at("model.din"),
    `model tiny
features user { user_id : id }
features item { item_id : id  embed 4 }
label click : binary
label buy   : binary
net {
  let shared = item_id |> dense(8, relu)
  predict click = shared |> dense(1) |> sigmoid
  predict buy   = shared |> dense(1) |> sigmoid
}
train { batch 10  epochs 2  metrics auc, log_loss  optimizer adam(learning_rate: 1e-3)  schedule constant(warmup: 5) }
`,
  );
  const rows = Array.from(
    { length: 100 },
    (_, i) => `u${i % 9},i${i % 11},${i % 2},${i % 3 === 0 ? 1 : 0}\n`,
  );
  const file = `user_id,item_id,click,buy\n${rows.join("")}`;
  for (const name of ["train.csv", "valid.csv", "test.csv"]) writeFileSync(at(name), file);
  writeFileSync(
    at("dinc.yaml"),
    "spec: model.din\ndata: { train: train.csv, valid: valid.csv, test: test.csv }\n",
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

const train = (out: string, ...more: string[]) => ["train", "--out", out, ...more];

test("event files need no installed package", () => {
  const env = { DINC_CACHE: at("nothing") };
  const ended = run(train("alone", "--tensorboard", "tb-alone"), { cwd: folder, env });
  expect(ended.code, ended.err).toBe(0);
  expect(readEventFiles(at("tb-alone")).get("step/loss")).toHaveLength(20);
});

test("event files are read in the order of their creation, however fast they follow each other", () => {
  mkdirSync(at("many"));
  for (let step = 0; step < 50; step++) {
    const file = new EventFile(at("many"));
    file.scalar("x", step / 3, step);
    file.flush();
    file.close();
  }
  expect(readdirSync(at("many"))).toHaveLength(50);
  expect(readEventFiles(at("many")).get("x")).toEqual(
    Array.from({ length: 50 }, (_, step) => ({ step, value: Math.fround(step / 3) })),
  );
});

describe("event files", () => {
  test.each(nativeAvailable() ? ["node", "wasm"] : ["wasm"])(
    "say what the run says (%s)",
    async (backend) => {
      const [out, files] = [`run-${backend}`, `tb-${backend}`];
      const trained = await runHere(train(out, "--backend", backend, "--tensorboard", files), {
        cwd: folder,
      });
      expect(trained.code).toBe(0);
      expect(trained.err).toContain(`curves: tensorboard --logdir ${files}\n`);
      const points = readEventFiles(at(files));
      const steps = Array.from({ length: 20 }, (_, i) => i + 1);
      for (const tag of ["step/loss", "step/learning_rate", "step/samples_per_second"])
        expect(points.get(tag)!.map(({ step }) => step)).toEqual(steps);
      const rates = points.get("step/learning_rate")!.map(({ value }) => value);
      expect(rates).toEqual(steps.map((step) => Math.fround(1e-3 * Math.min(1, step / 5))));

      const lines = readFileSync(at(out, "metrics.jsonl"), "utf8").trim().split("\n");
      const evaluations = lines.map((line) => JSON.parse(line) as Record<string, number | string>);
      expect(evaluations).toHaveLength(8);
      for (const { epoch, split, prediction, auc, log_loss, train_loss } of evaluations) {
        const near = (tag: string, value: number | string | undefined) =>
          expect(points.get(tag)).toContainEqual({ step: epoch, value: Math.fround(Number(value)) });
        near(`${split}/${prediction}/auc`, auc);
        near(`${split}/${prediction}/log_loss`, log_loss);
        near("epoch/loss", train_loss);
      }
      // The loss of an epoch is the mean of its steps', which are equally large.
      for (const [epoch, { value }] of points.get("epoch/loss")!.entries()) {
        const own = points.get("step/loss")!.slice(10 * epoch, 10 * epoch + 10);
        expect(own.reduce((sum, point) => sum + point.value / 10, 0)).toBeCloseTo(value, 5);
      }
      expect([...points.keys()].sort()).toEqual(
        [
          ...["step/loss", "step/learning_rate", "step/samples_per_second"],
          ...["epoch/loss", "epoch/click_loss", "epoch/buy_loss", "epoch/samples_per_second"],
          ...["valid", "test"].flatMap((split) =>
            ["click", "buy"].flatMap((label) => [`${split}/${label}/auc`, `${split}/${label}/log_loss`]),
          ),
        ].sort(),
      );
    },
  );

  test("a resumed training continues them; of many steps they have a thousand", async () => {
    const args = train(
      "cut",
      "--backend",
      "wasm",
      "--tensorboard",
      "tb-cut",
      "--set",
      "train.epochs=20",
      "--set",
      "train.batch=1",
    );
    const heard = (message: string) => {
      if (message.startsWith("epoch 3/20")) interruptHere();
    };
    expect((await runHere(args, { cwd: folder, heard })).code).toBe(130);
    expect(readEventFiles(at("tb-cut")).get("test/click/auc")!.length).toBeLessThan(20);
    expect((await runHere([...args, "--resume"], { cwd: folder })).code).toBe(0);
    expect(readdirSync(at("tb-cut"))).toHaveLength(2);
    const points = readEventFiles(at("tb-cut"));
    expect(points.get("step/loss")!.map(({ step }) => step)).toEqual(
      Array.from({ length: 1000 }, (_, i) => 2 * (i + 1)),
    );
    expect(points.get("test/click/auc")!.map(({ step }) => step)).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
  });

  test("a folder that cannot be written is reported before training, a full disk once while training goes on", async () => {
    const refused = await runHere(train("refused", "--backend", "wasm", "--tensorboard", "dinc.yaml/tb"), {
      cwd: folder,
    });
    expect(refused.code).toBe(1);
    expect(refused.err).toContain("error[DIN0509 file-unwritable]: cannot write dinc.yaml/tb: ENOTDIR");
    expect(refused.err).not.toMatch(STACK_TRACE);
    expect(readdirSync(folder)).not.toContain("refused");

    const long = ["--set", "train.epochs=60", "--set", "train.batch=20"];
    const command = train(
      "full",
      "--backend",
      "wasm",
      "--tensorboard",
      "tb-full",
      "--checkpoint-every",
      "1000",
      ...long,
    );
    // No file may become longer than 16 KiB: less than the curves.
    const script = `trap '' XFSZ; ulimit -f 16; exec "$@"`;
    const ended = spawnSync("bash", ["-c", script, "bash", process.execPath, dinc, ...command], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(ended.stderr.match(/warning\[DIN0536 event-files-unwritable\]/g)).toHaveLength(1);
    expect(ended.stderr).toContain("epoch 60/60");
    // What there was room for is whole.
    const losses = readEventFiles(at("tb-full")).get("step/loss")!;
    expect(losses.length).toBeGreaterThan(0);
    expect(losses.length).toBeLessThan(300);
    expect(ended.stderr).not.toMatch(STACK_TRACE);
  });
});
