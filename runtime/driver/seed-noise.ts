// How far two trainings differ by their seeds alone: `dinc train --seeds` measures it, and commands that compare trainings
// read it from its folder.

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { noiseUnmeasured } from "../../compiler/diagnostics/catalog/settings.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import type { Split } from "../../compiler/train/score.ts";
import type { DataFingerprint } from "../data/data-fingerprint.ts";
import { readManifest } from "../run/read-run.ts";
import { type SplitMetrics, summaryOf } from "../run/run-summary.ts";
import { isRun } from "../run/write-run.ts";
import { rowsText, summarized } from "./repeated-training.ts";
import { meanAndSquares } from "./spread.ts";

export interface SeedNoise {
  /** The folder of `dinc train --seeds`. */
  readonly folder: string;
  /** The number of trainings in it. */
  readonly seeds: number;
  /** The rows that they were trained and measured on. */
  readonly rows: string;
  readonly valid: NoiseMetrics;
  readonly test: NoiseMetrics;
}

/** By prediction, by metric: 19 of 20 differences of two trainings with other seeds are smaller. */
export type NoiseMetrics = Readonly<Record<string, Readonly<Record<string, number>>>>;

/**
 * Reads the runs in a folder of `dinc train --seeds`. Throws DiagnosticError if it has fewer than two runs, if they were
 * trained on other rows than `data`, or if a run is damaged.
 */
export async function readSeedNoise(folder: string, data: DataFingerprint | null): Promise<SeedNoise> {
  const refused = (reason: string) =>
    new DiagnosticError([diagnose(noiseUnmeasured, { path: folder, reason }, noLocation)]);
  const names = await readdir(folder).catch(() => []);
  const runs: string[] = [];
  for (const name of names.filter((each) => /^seed-\d+$/.test(each)))
    if (await isRun(join(folder, name))) runs.push(join(folder, name));
  if (runs.length < 2) throw refused("it doesn't have two runs of a training with several seeds");
  const rows = rowsText((await readManifest(runs[0]!)).data);
  if (data !== null && rowsText(data) !== rows) throw refused("its runs have other rows");
  const summaries = await Promise.all(runs.map(summaryOf));
  const noise = (split: Split) => noiseIn(summaries.map((each) => each[split as "valid" | "test"]));
  return { folder, seeds: runs.length, rows, valid: noise("valid"), test: noise("test") };
}

function noiseIn(all: readonly SplitMetrics[]): NoiseMetrics {
  const found = summarized(all, differenceOf);
  return Object.fromEntries(
    Object.entries(found).map(([label, metrics]) => [
      label,
      Object.fromEntries(
        Object.entries(metrics).filter((entry): entry is [string, number] => entry[1] !== null),
      ),
    ]),
  );
}

/** Null if there are fewer than two values. */
export function differenceOf(values: readonly number[]): number | null {
  const freedom = values.length - 1;
  if (freedom < 1) return null;
  return deviationsApart(values.length) * Math.sqrt(meanAndSquares(values).squares / freedom);
}

/**
 * 19 of 20 differences of two trainings are smaller than this many deviations of one, measured by so many seeds. A difference
 * has √2 times the deviation. That is an estimate itself, so Student's quantile takes the place of 1.96.
 */
export function deviationsApart(seeds: number): number {
  return studentQuantile(seeds - 1) * Math.SQRT2;
}

/** The .975 quantiles of Student's distribution for 1 to 10 degrees of freedom. */
const QUANTILES = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];

/** For more degrees of freedom, the expansion about the normal quantile (Abramowitz & Stegun 26.7.5). */
function studentQuantile(freedom: number): number {
  const z = 1.959964;
  return (
    QUANTILES[freedom - 1] ??
    z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2)
  );
}

/** The noise of a metric, whose prediction may be unknown; null if the seeds' runs do not measure it. */
export function noiseOf(metrics: NoiseMetrics, metric: string, label: string | null = null): number | null {
  const found = label === null ? Object.values(metrics) : [metrics[label] ?? {}];
  return found.find((each) => each[metric] !== undefined)?.[metric] ?? null;
}

/** `± 0.00412` */
export function noiseText(noise: number): string {
  return `± ${noise.toFixed(5)}`;
}

/** A sentence about the measured noise of one metric. */
export function noiseSentence({ folder, seeds }: SeedNoise, metric: string, noise: number): string {
  return `Seeds alone move the difference of two trainings in ${metric} by ${noiseText(noise)} (19 times of 20, from ${seeds} seeds in ${folder}).`;
}
