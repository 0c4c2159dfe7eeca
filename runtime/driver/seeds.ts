// Trains a model several times with different seeds, to measure how much a metric varies by chance alone. A
// smaller difference between two models is not significant.

import { join } from "node:path";
import { option, wording } from "../../compiler/common/option-text.ts";
import { UsageError } from "../../compiler/common/usage-error.ts";
import { seedsOfOther } from "../../compiler/diagnostics/catalog/settings.ts";
import { type SplitMetrics, summaryOf } from "../run/run-summary.ts";
import type { ModelSource } from "./read-spec.ts";
import { ensureRun, summarized, writeSummary } from "./repeated-training.ts";
import { type SeedSpread, spreadOf } from "./spread.ts";
import type { TrainOptions } from "./train-run.ts";
import { requestTraining } from "./training-request.ts";

/** More seeds hardly improve the estimate of a deviation. */
export const MOST_SEEDS = 100;

export interface TrainSeedsOptions
  extends Omit<TrainOptions, "rows" | "from" | "linear" | "tensorboard" | "mlflow"> {
  /** The number of trainings. Their seeds are that of the spec, or `seed`, and the following ones. */
  readonly seeds: number;
  /** The folder of all runs and of `seeds.json`. Existing runs are not trained again. */
  readonly out: string;
}

export interface SeededTraining {
  readonly seeds: readonly TrainedSeed[];
  /** The metrics on the validation rows, by prediction and metric; empty if there are none. */
  readonly valid: SeedMetrics;
  /** The metrics on the test rows; empty if there are none. */
  readonly test: SeedMetrics;
  /**
   * The median run by the first metric, on the validation rows if there are any, otherwise on the test rows.
   */
  readonly middle: string;
}

export interface TrainedSeed {
  readonly seed: number;
  /** The run folder. */
  readonly run: string;
  /** The epoch whose weights were kept. */
  readonly epoch: number;
  readonly valid: SplitMetrics;
  readonly test: SplitMetrics;
}

export type SeedMetrics = Readonly<Record<string, Readonly<Record<string, SeedSpread>>>>;

/**
 * Trains `seeds` times and writes a run for each, named by its seed (`seed-2026`), into the folder `out`.
 * Complete runs are reused and an interrupted one is resumed, unless `force` is given. Throws like `train`,
 * and DiagnosticError if a run in the folder belongs to another training.
 */
export async function trainSeeds(
  source: ModelSource | null,
  { seeds, ...options }: TrainSeedsOptions,
): Promise<SeededTraining> {
  if (!Number.isInteger(seeds) || seeds < 2 || seeds > MOST_SEEDS)
    throw new UsageError(wording`${option("seeds")} takes a whole number from 2 to ${MOST_SEEDS}`);
  const first = options.seed ?? (await requestTraining(source, options)).model.train.seed;
  const trained: TrainedSeed[] = [];
  for (let number = 1; number <= seeds; number++) {
    const seed = first + number - 1;
    options.onEvent?.({ kind: "seed", seed, number, of: seeds });
    const run = join(options.out, `seed-${seed}`);
    const seeded = { ...options, seed };
    await ensureRun(run, await requestTraining(source, seeded), seeded, seedsOfOther);
    const { epoch, valid, test } = await summaryOf(run);
    trained.push({ seed, run, epoch, valid, test });
  }
  const result: SeededTraining = {
    seeds: trained,
    valid: summarized(
      trained.map(({ valid }) => valid),
      spreadOf,
    ),
    test: summarized(
      trained.map(({ test }) => test),
      spreadOf,
    ),
    middle: middleOf(trained).run,
  };
  await writeSummary(options.out, "seeds.json", result);
  return result;
}

/**
 * The training with the median of the first metric; for an even number, the lower of the two in the middle.
 */
function middleOf(trained: readonly TrainedSeed[]): TrainedSeed {
  const hasValid = trained.every(({ valid }) => firstOf(valid) !== null);
  const metricOf = ({ valid, test }: TrainedSeed) => firstOf(hasValid ? valid : test) ?? 0;
  const sorted = [...trained].sort((a, b) => metricOf(a) - metricOf(b));
  return sorted[(sorted.length - 1) >> 1]!;
}

function firstOf(metrics: SplitMetrics): number | null {
  const [label] = Object.values(metrics);
  return label === undefined ? null : (Object.values(label)[0] ?? null);
}
