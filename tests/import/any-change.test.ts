// Whatever stands in the folder of a training, an import ends soon, with a run that is whole or with a diagnostic.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { someBits } from "../support/bits.ts";
import { changeOf } from "../support/changed-json.ts";
import { hostileWeights } from "../support/hostile-weights.ts";
import { sweepRuns, timeout } from "../support/how-often.ts";
import { ChangedTraining } from "./changed-training.ts";
import { readRecord, writeRecord } from "./trained.ts";

vi.setConfig({ testTimeout: timeout });

let training: ChangedTraining;
beforeAll(async () => {
  training = await ChangedTraining.make();
});
afterAll(() => training.remove());

const RECORD = "trained.json";
const REFUSALS = /^(training-|golden-row-differs|import-rows-|imported-metrics-differ|prepared-differs)/;

/** Puts `content` into a file; where `isTold`, trained.json has its hash. */
const put = (name: string, content: string | Buffer, isTold: boolean) => async (out: string) => {
  writeFileSync(join(out, name), content);
  if (isTold) await writeRecord(out, readRecord(out));
};

const isLines = (name: string) => name.endsWith(".jsonl");

function jsonIn(name: string, text: string): unknown {
  if (!isLines(name)) return JSON.parse(text);
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

function textOf(name: string, value: unknown): string {
  if (!isLines(name) || !Array.isArray(value)) return JSON.stringify(value ?? null);
  return value.map((line) => `${JSON.stringify(line)}\n`).join("");
}

test.each([RECORD, "golden.json", "metrics.jsonl"])(
  "anything else in the place of a part of %s",
  async (name) => {
    const whole = jsonIn(name, readFileSync(training.at("out", name), "utf8"));
    await fc.assert(
      fc.asyncProperty(changeOf(whole), async (change) => {
        const text = textOf(name, change(structuredClone(whole)));
        for (const { name: said } of await training.imported(put(name, text, name !== RECORD)))
          expect(said).toMatch(REFUSALS);
      }),
      { numRuns: sweepRuns(30, 6) },
    );
  },
);

test("another bit of any file, whose hash is told or not", async () => {
  for (const name of readdirSync(training.at("out"))) {
    const bytes = readFileSync(training.at("out", name));
    for (const [i, [place, bit]] of someBits(bytes, sweepRuns(12, 6)).entries()) {
      const flipped = Buffer.from(bytes);
      flipped[place]! ^= bit;
      const isTold = i % 2 === 0 && name !== RECORD;
      const [found] = await training.imported(put(name, flipped, isTold));
      const where = `bit ${bit} of byte ${place} of ${name}`;
      if (!isTold && name !== RECORD) expect(found?.name, where).toBe("training-damaged");
    }
  }
});

test("weights that cannot be the model's, whose hash is told", async () => {
  const name = "weights.safetensors";
  await fc.assert(
    fc.asyncProperty(hostileWeights(readFileSync(training.at("out", name))), async ({ what, bytes }) => {
      const before = process.memoryUsage.rss();
      const [found, ...more] = await training.imported(put(name, Buffer.from(bytes), true));
      expect(more, what).toEqual([]);
      expect(found?.name, what).toBe("training-weights-mismatch");
      expect(process.memoryUsage.rss() - before, what).toBeLessThan(1e9);
    }),
    { numRuns: sweepRuns(20) },
  );
});
