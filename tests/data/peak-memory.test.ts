// Data take no more memory than was said, however many there are.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { logOf, rowsOf, SPEC } from "../bench/ingest/sources.mjs";
import { TestFolder } from "./files.ts";

/** The least that dinc.yaml takes. */
const MEGABYTES = 128;
const MEMORY = 1e6 * MEGABYTES;

describe("reading data and making batches of them, in a process of its own", () => {
  const bench = (name: string) => join("tests", "bench", "ingest", name);
  const script = (path: string, ...args: string[]) => {
    const ran = spawnSync(process.execPath, [path, ...args], { encoding: "utf8" });
    expect(ran.stderr).toBe("");
    return ran.stdout;
  };
  const measured = (folder: TestFolder, config: string): { rows: number; steps: number; peak: number } => {
    folder.write("model.din", SPEC);
    return JSON.parse(script(bench("measure.mjs"), "dist", folder.write("dinc.yaml", config)));
  };

  function ofLog(count: number) {
    const folder = new TestFolder();
    const log = ["--events", String(count), "--items", "50000", "--out", folder.path];
    script(bench("generate.mjs"), ...log);
    return measured(folder, logOf("events.parquet", "items.parquet", "t", MEGABYTES));
  }

  function ofRows(count: number) {
    const folder = new TestFolder();
    const rows = ["--rows", String(count), "--items", "50000", "--out", folder.path];
    script(bench("generate-rows.mjs"), ...rows);
    return measured(folder, rowsOf("train.parquet", "test.parquet", MEGABYTES));
  }

  /**
   * Garbage that is not collected yet counts too, so that a peak may be higher once; one that data need is so
   * every time.
   */
  function leastPeak(most: number, measure: () => ReturnType<typeof measured>): ReturnType<typeof measured> {
    const first = measure();
    if (first.peak < most) return first;
    const second = measure();
    return { ...second, peak: Math.min(first.peak, second.peak) };
  }

  it("takes the stated memory and that of the user and item keys, however many events there are", () => {
    const few = ofLog(20_000);
    const many = leastPeak(few.peak + 1.6 * MEMORY, () => ofLog(2_000_000));
    expect([few.rows, many.rows]).toEqual([39_000, 3_900_000]);
    expect(many.steps).toBeGreaterThan(500_000);
    // In memory as a whole it takes 320 MB more.
    expect(many.peak - few.peak).toBeLessThan(1.6 * MEMORY);
  });

  it("takes the stated memory, however many example rows there are", () => {
    const few = ofRows(15_000);
    const many = leastPeak(few.peak + 1.6 * MEMORY, () => ofRows(1_500_000));
    expect([few.rows, many.rows]).toEqual([15_150, 1_515_000]);
    expect(many.steps).toBe(200 * 256 * 20);
    // In memory as a whole it takes 280 MB more, and as much again while it is read.
    expect(many.peak - few.peak).toBeLessThan(1.6 * MEMORY);
  }, 240_000);
});
