// Compares two runs.

import { comparisonOf, type RunComparison } from "../run/compare-runs.ts";
import type { OpenRun } from "../run/open-run.ts";
import { readRun } from "../run/read-run.ts";
import type { Run } from "../run/run-folder.ts";
import { noiseOf, readSeedNoise, type SeedNoise } from "./seed-noise.ts";
import { type Serving, servingOfRuns } from "./serving.ts";

export interface CompareOptions {
  /** The folder of `trainSeeds` with runs on the rows of the first run. */
  readonly noise?: string;
}

export interface ComparedRuns extends RunComparison {
  /** The differences that are within the noise of seeds; null if it was not requested. */
  readonly noise: NoiseComparison | null;
  /** The contents of the folders, in the given order. */
  readonly runs: readonly [a: Run, b: Run];
  /** Tells whether the module compiled from a can serve b; null if one of them cannot be compiled. */
  readonly serving: Serving | null;
}

export interface NoiseComparison extends Pick<SeedNoise, "folder" | "seeds"> {
  readonly metrics: readonly NoisyDifference[];
}

export interface NoisyDifference {
  readonly prediction: string;
  readonly metric: string;
  /** b − a. */
  readonly difference: number;
  /** 19 of 20 differences of two trainings with other seeds are smaller; null if the seeds' runs lack the metric. */
  readonly noise: number | null;
}

/**
 * Compares two runs, given by their folders or opened: their inputs, their weights, their metrics. Throws
 * DiagnosticError if one cannot be read.
 */
export async function compareRuns(
  a: OpenRun | string,
  b: OpenRun | string,
  { noise: folder }: CompareOptions = {},
): Promise<ComparedRuns> {
  const runs = [await runOf(a), await runOf(b)] as const;
  const comparison = comparisonOf(...runs);
  const { data } = runs[0].manifest;
  const seeds = folder === undefined ? null : await readSeedNoise(folder, data);
  const measured = seeds === null ? {} : data.testRows > 0 ? seeds.test : seeds.valid;
  const noise = seeds && {
    ...{ folder: seeds.folder, seeds: seeds.seeds },
    metrics: comparison.metrics.flatMap(({ prediction, metric, difference }) =>
      difference === null
        ? []
        : [{ prediction, metric, difference, noise: noiseOf(measured, metric, prediction) }],
    ),
  };
  return { ...comparison, runs, noise, serving: await servingOfRuns(a, b) };
}

async function runOf(run: OpenRun | string): Promise<Run> {
  return typeof run === "string" ? readRun(run) : run.run;
}
