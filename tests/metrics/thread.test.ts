// Metrics computed in a thread of their own: the same numbers, while this one goes on.

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import type { MeasureProgress } from "../../compiler/train/metrics/bootstrap.ts";
import { type MeasureRequest, measureHere } from "../../compiler/train/metrics/evaluate.ts";
import { MetricsThread, type openMeasuring } from "../../runtime/train/metrics/metrics-thread.ts";
import { root } from "../cli/spawn.ts";
import { asked, USER } from "./rows.ts";

function requestOf(rows: number): MeasureRequest {
  const users = Int32Array.from({ length: rows }, (_, row) => (row * 7) % 50);
  return {
    metrics: asked,
    outcome: "binary",
    users: USER,
    weights: null,
    logits: Float32Array.from({ length: rows }, (_, row) => ((row * 31) % 97) / 16 - 3),
    labels: Float32Array.from({ length: rows }, (_, row) =>
      ((row * 31) % 97) + ((row * 13) % 101) > 110 ? 1 : 0,
    ),
    groups: new Map([[USER, users]]),
    resampling: { seed: 3, resamples: 50 },
  };
}

describe("a thread that measures", () => {
  // The worker is compiled JavaScript.
  let open: typeof openMeasuring;

  beforeAll(async () => {
    const module = pathToFileURL(join(root, "dist/runtime/train/metrics/metrics-thread.js")).href;
    ({ openMeasuring: open } = (await import(/* @vite-ignore */ module)) as { openMeasuring: typeof open });
  });

  test("says what is computed in place, one request after the other, with the same progress", async () => {
    const measuring = open();
    const [here, there]: [MeasureProgress[], MeasureProgress[]] = [[], []];
    const expected = await measureHere(requestOf(500), (progress) => here.push(progress));
    const answers = [500, 100].map((rows) => measuring.measure(requestOf(rows), (each) => there.push(each)));
    expect(await answers[0]).toEqual(expected);
    expect(there.slice(0, here.length)).toEqual(here);
    expect(await answers[1]).toEqual(await measureHere(requestOf(100)));
    await measuring.close();
  });

  test("leaves this one free", async () => {
    const measuring = open();
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    const turnsBefore: number[] = [];
    await measuring.measure(requestOf(200_000), () => turnsBefore.push(turns));
    clearInterval(timer);
    await measuring.close();
    expect(turnsBefore.at(-1)! - turnsBefore[0]!).toBeGreaterThan(10);
  });

  test("brings the worker's error, and goes on", async () => {
    const measuring = open();
    const broken = { ...requestOf(10), groups: new Map() };
    await expect(measuring.measure(broken)).rejects.toThrow(TypeError);
    expect(Object.keys((await measuring.measure(requestOf(100))).values)).toHaveLength(asked.length);
    await measuring.close();
  });

  test("answers where it was begun before, also where it could not start then", async () => {
    const measuring = open();
    measuring.begin();
    expect(await measuring.measure(requestOf(100))).toEqual(await measureHere(requestOf(100)));
    await measuring.close();
    const absent = new MetricsThread(new URL("file:///absent/metrics-worker.js"));
    absent.begin();
    await expect(absent.measure(requestOf(10))).rejects.toThrow("absent");
    await absent.close();
  });

  test("ends with an error where the worker cannot start, or is closed while it measures", async () => {
    const absent = new MetricsThread(new URL("file:///absent/metrics-worker.js"));
    await expect(absent.measure(requestOf(10))).rejects.toThrow("absent");
    await absent.close();
    const measuring = open();
    const answer = measuring.measure(requestOf(1000), () => void measuring.close());
    await expect(answer).rejects.toThrow("has ended");
  });
});
