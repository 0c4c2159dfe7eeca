// Threads that compute a step together, as the compiled module starts them: whatever their number and whoever
// takes which slice, weights are the same to the last bit; one that ends is told of; none outlives its
// session.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { modelOf } from "../data/models.ts";
import { severalLayers } from "../support/random-training.ts";
import { writeGiven } from "./threads/given.ts";

const BATCHES = 24;
const BATCH = 48;
const STEPS = 200;

/** With what is drawn for a step, a pull on the rows of tables, and a softmax over all of them. */
const model = modelOf(
  severalLayers({
    more: "|> dropout(0.3)",
    train: `batch ${BATCH}  regularize mini_batch_aware(0.1)`,
    loss: "loss next = mean(next_item_softmax(before_last(clicks), after_first(clicks.item_id)))",
  }),
);

const folder = mkdtempSync(join(tmpdir(), "dinc-threads-"));
const given = join(folder, "given");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(() => writeGiven(given, model, { batches: BATCHES, size: BATCH }));

function run<T>(args: readonly (string | number)[], how = "work", path = given): T {
  const child = join(import.meta.dirname, "threads", "child.mjs");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--expose-gc", child, path, ...args.map(String)],
    {
      ...{ encoding: "utf8", timeout: 20_000 },
      env: { ...process.env, HOW: how },
    },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return JSON.parse(stdout) as T;
}

test("1, 2, 3 and 8 threads end with the same bits, though all of them took slices", () => {
  const found = [1, 2, 3, 8].map((threads) =>
    run<{ hash: string; counts: number[] }>(["bits", threads, STEPS]),
  );
  expect(new Set(found.map(({ hash }) => hash)).size).toBe(1);
  for (const { counts } of found) for (const count of counts) expect(count).toBeGreaterThan(STEPS / 10);
});

describe("a thread that ends while it has a slice", () => {
  test.each([
    ["throw 40", "no luck"],
    ["exit 40", "something ended it"],
    ["stuck 40", "something ended it"],
  ])("%s: is told of at once", (how, reason) => {
    const { said, ms } = run<{ said: { code: string; message: string }[]; ms: number }>(["death", 3], how);
    expect(said).toMatchObject([
      { code: "DIN0537", message: `a thread that computed a part of a step stopped: ${reason}` },
    ]);
    expect(ms).toBeLessThan(10_000);
  });
});

test.runIf(process.platform === "linux")("threads end with their session", () => {
  const { before, during, after } = run<{ before: number; during: number; after: number }>(["ended", 3]);
  expect(during - before).toBe(6);
  expect(after).toBe(before);
});

test("a process ends, though nobody has ended its session", () => {
  run(["left", 3]);
});

test("a hundred thousand steps take no more memory than ten thousand", async () => {
  const path = join(folder, "small");
  const small = modelOf(`model small
features item { item_id : id  embed 2 }
history clicks(max: 8) { item_id <-> clicked }
label click : binary
net { predict click = concat(item_id, mean(clicks)) |> dense(1) |> sigmoid }
train { batch 2  optimizer sgd(learning_rate: 0.01) }`);
  await writeGiven(path, small, { batches: BATCHES, size: 2 });
  interface Used {
    readonly pages: number;
    readonly heapUsed: number;
    readonly arrayBuffers: number;
  }
  const [early, late] = run<[Used, Used]>(["steady", 100_000], "work", path);
  expect(late.pages).toBe(early.pages);
  expect(late.heapUsed - early.heapUsed).toBeLessThan(2 ** 18);
  expect(late.arrayBuffers - early.arrayBuffers).toBeLessThan(2 ** 18);
});
