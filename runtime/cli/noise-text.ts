// The sentences about the noise of seeds, for commands that compare trainings.

import type { NoiseComparison } from "../driver/compare.ts";
import { noiseText } from "../driver/seed-noise.ts";
import { alignedLines } from "../driver/text-table.ts";
import { signed } from "./differences-text.ts";

/** Where the noise was not measured. */
export const UNMEASURED =
  "How much of this is the noise of seeds isn't measured: `dinc train --seeds 5 --out FOLDER`, then `--noise FOLDER`.";

export const WITHIN = "within the noise of seeds";

/** The differences of two runs, each next to the noise. */
export function noiseTable({ folder, seeds, metrics }: NoiseComparison): string {
  const several = metrics.some(({ prediction }) => prediction !== metrics[0]!.prediction);
  const rows = metrics.map(({ prediction, metric, difference, noise }) => [
    several ? `${prediction} ${metric}` : metric,
    signed(difference),
    noise === null ? "–" : noiseText(noise),
    noise === null ? "not measured" : Math.abs(difference) <= noise ? WITHIN : "more than the noise of seeds",
  ]);
  const head = ["metric", "b − a", "noise", ""];
  return `\nnoise of seeds (19 of 20 differences of two trainings are smaller, from ${seeds} seeds in ${folder})\n${alignedLines([head, ...rows], new Set([1, 2]), "  ")}`;
}
