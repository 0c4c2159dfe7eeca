// Trains a model once as it is and once without each part that its network reads, and compares their scores
// on the same rows. This measures what a feature is worth when others may learn to replace it.

import { join } from "node:path";
import { formatCount } from "../../compiler/common/format-count.ts";
import { option, wording } from "../../compiler/common/option-text.ts";
import { UsageError } from "../../compiler/common/usage-error.ts";
import { weightsIn } from "../../compiler/data/label-columns.ts";
import { partName } from "../../compiler/data/permuted.ts";
import {
  ablationOfOther,
  ablationRefused,
  ablationWithoutRows,
} from "../../compiler/diagnostics/catalog/ablation.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { measuredBy } from "../../compiler/frontend/labels/registry.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { titlesOf } from "../../compiler/middle/metrics/registry.ts";
import { type Ablation, ablation, ablations, partsOfModel } from "../../compiler/tools/ablate/without.ts";
import { Differences, type MetricDifference } from "../../compiler/train/metrics/differences.ts";
import type { Split } from "../../compiler/train/score.ts";
import { writeAtomically } from "../files/atomic.ts";
import { unwritable } from "../files/unwritable.ts";
import { openRun } from "../run/open-run.ts";
import { type RowScores, scoredOf, scoreRun } from "../run/score-run.ts";
import { tellDiagnostics, throwIfStopped } from "./events.ts";
import { inOrder, requireMetric, type Verdict, verdictOf } from "./importance.ts";
import { type Prepared, prepareRequest } from "./prepare.ts";
import type { ModelSource } from "./read-spec.ts";
import { ensureRun } from "./repeated-training.ts";
import { backendFor } from "./rows.ts";
import { type NoiseMetrics, noiseOf, readSeedNoise, type SeedNoise } from "./seed-noise.ts";
import type { TrainOptions } from "./train-run.ts";
import { requestTraining, type TrainingRequest } from "./training-request.ts";

export interface AblateOptions extends Omit<TrainOptions, "out" | "linear" | "tensorboard" | "mlflow"> {
  /**
   * The folder of all runs, of `ablation.json` and of `ablation.html`. Existing runs are not trained again.
   */
  readonly out: string;
  /**
   * The parts to leave out, one at a time: `price`, `clicks`, `clicks.dwell`; by default every part that the
   * network reads.
   */
  readonly only?: readonly string[];
  /** The metric that determines the order; by default the first of the spec. */
  readonly metric?: string;
  /** The folder of `trainSeeds` with runs on the same rows: which differences are within the noise of seeds. */
  readonly noise?: string;
  /** The number of resamples of the users for intervals; 400 by default, 0 for no intervals. */
  readonly resamples?: number;
}

export interface Ablated {
  readonly metric: string;
  /** The rows that models are compared on: validation rows, or test rows if there are none. */
  readonly split: Split;
  readonly rows: number;
  /** The run of the full model. */
  readonly base: string;
  readonly predictions: readonly { readonly label: string; readonly parts: readonly AblatedPart[] }[];
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
  /** The noise of seeds, for the verdicts; null if it was not requested. */
  readonly noise: SeedNoise | null;
  /** The page with a plot. */
  readonly report: string;
}

export interface AblatedPart {
  readonly name: string;
  readonly kind: Ablation["kind"];
  /** The parts that were removed together with it. */
  readonly with: readonly string[];
  /** The run without it. */
  readonly run: string;
  /** `helps` if the model is worse without it. */
  readonly verdict: Verdict;
  /** Whether the difference of the metric is within the noise of seeds; null if that is not known. */
  readonly isNoise: boolean | null;
  /** The loss without it, for every metric of the spec. */
  readonly differences: readonly MetricDifference[];
}

/**
 * Trains a model as it is and without each part that its network reads, into `out`, and compares them. A null
 * `source` is the `spec` of the settings. An interrupted call continues: complete runs are reused, and an
 * interrupted one is resumed. Throws DiagnosticError for mistakes in the spec, the settings, the data or a
 * folder, UsageError for options that don't fit, and `Stopped` if the signal is aborted.
 */
export async function ablate(source: ModelSource | null, options: AblateOptions): Promise<Ablated> {
  const { out, resamples = 400 } = options;
  const request = await requestTraining(source, options);
  const { model } = request;
  requireComparable(request, options);
  const metric = requireMetric(model.train.metrics, options.metric);
  const found = chosen(model, options.only);
  const left = found.filter((each) => "model" in each);
  const refused = found.filter((each) => "reason" in each);
  for (const { name, reason } of refused)
    tellDiagnostics([diagnose(ablationRefused, { name, reason }, spanOf(model, name))], options);
  const seed = options.seed ?? model.train.seed;
  const base = join(out, "base");
  const models: readonly (readonly [folder: string, without: string | null, model: Model])[] = [
    [base, null, model],
    ...left.map((each) => [join(out, `without-${each.name}`), each.name, each.model] as const),
  ];
  // Only the network changes: the rows of all models are the same, and are read once.
  const prepared = await prepareRequest(request, options);
  const scored: RowScores[] = [];
  let noise: SeedNoise | null = null;
  try {
    if (options.noise !== undefined) noise = await readSeedNoise(options.noise, prepared.data.fingerprint);
    for (const [i, [folder, without, one]] of models.entries()) {
      options.onEvent?.({ kind: "ablating", without, number: i + 1, of: models.length });
      await ensureRun(folder, prepared.for({ ...one, train: model.train }), options, ablationOfOther);
    }
    for (const [folder] of models) scored.push(await scoredRows(folder, prepared, options));
  } finally {
    prepared.close();
  }
  const split = prepared.data.valid === null ? "test" : "valid";
  const [first, ...others] = scored as [RowScores, ...RowScores[]];
  const predictions = [];
  for (const { label } of model.predictions) {
    const by = measuredBy(model, label);
    if (!titlesOf(by.metrics).includes(metric)) continue;
    const labels = first.data.labels.get(label)!;
    const differences = new Differences(
      {
        ...{ ...by, labels, weights: weightsIn(first.data.labels, label), groups: first.data.groups },
        resampling: { seed, resamples },
      },
      first.scores.get(label)!,
    );
    const parts: AblatedPart[] = [];
    for (const [i, { name, kind, with: gone }] of left.entries()) {
      options.onEvent?.({ kind: "activity", text: `comparing ${label} without ${name}` });
      const lost = await differences.to([others[i]!.scores.get(label)!]);
      const run = models[i + 1]![0];
      const isNoise = noise === null ? null : isWithin(noise[split], label, lost, metric);
      parts.push({
        name,
        kind,
        with: gone,
        run,
        verdict: verdictOf(lost, metric),
        isNoise,
        differences: lost,
      });
      throwIfStopped(options);
    }
    predictions.push({ label, parts: inOrder(parts, metric) });
  }
  const report = join(out, "ablation.html");
  const result: Ablated = {
    ...{ metric, split, rows: first.data.rows, base, predictions, noise, report },
    refused: refused.map(({ name, reason }) => ({ name, reason })),
  };
  await write(result, model, seed, options);
  return result;
}

function isWithin(
  noise: NoiseMetrics,
  label: string,
  differences: readonly MetricDifference[],
  metric: string,
): boolean | null {
  const measured = noiseOf(noise, metric, label);
  const found = differences.find((each) => each.metric === metric);
  return measured === null || found === undefined ? null : Math.abs(found.worse) <= measured;
}

/** Throws DiagnosticError if there are no rows to compare models on. */
function requireComparable({ source, rows }: TrainingRequest, { config }: AblateOptions): void {
  const splits = rows?.description.splits;
  const data = source?.data;
  const has = splits
    ? (splits.valid ?? splits.test) !== undefined
    : data?.kind === "events" ||
      [data?.valid, data?.validate, data?.test, data?.holdOut].some((each) => each != null);
  if (has) return;
  const path = rows?.path ?? (typeof config === "string" ? config : (config?.path ?? option("set")));
  throw new DiagnosticError([diagnose(ablationWithoutRows, { path }, source?.location ?? noLocation)]);
}

/** Throws UsageError for a name that the network does not read. */
function chosen(model: Model, only: readonly string[] | undefined): ReturnType<typeof ablations> {
  if (only === undefined || only.length === 0) return ablations(model);
  const parts = partsOfModel(model);
  return only.map((name) => {
    const part = parts.find((each) => partName(each) === name);
    if (part === undefined)
      throw new UsageError(
        wording`${option("only")}: the network does not read ${name}; it reads ${parts.map(partName).join(", ")}`,
      );
    return ablation(model, part);
  });
}

function spanOf({ features, histories }: Model, name: string) {
  return features.get(name)?.span ?? histories.get(name.split(".")[0]!)!.span;
}

/** Scores the validation rows, or the test rows if there are none. */
async function scoredRows(
  folder: string,
  { data: { valid, test } }: Prepared,
  options: AblateOptions,
): Promise<RowScores> {
  const opened = await openRun(folder);
  const rows = valid ?? test!;
  const logits = await scoreRun(opened, rows, await backendFor(opened, {}), () => throwIfStopped(options));
  return scoredOf(rows, logits, new Set());
}

async function write(result: Ablated, model: Model, seed: number, options: AblateOptions): Promise<void> {
  const { metric, split, rows, predictions, report } = result;
  const { differencesReport } = await import("../report/differences-report.ts");
  options.onEvent?.({ kind: "writing", path: report });
  const words = split === "valid" ? "validation" : "test";
  const page = differencesReport({
    ...{ model: model.name, metric, predictions, kind: "ablation" },
    facts: [
      ["Runs", options.out],
      ["Rows", `${formatCount(rows)} ${words} rows`],
      ["Seed", String(seed)],
    ],
    caption:
      "How much worse the model is if it is trained without a part. A dot is the difference of the two runs, a bar the middle 95\u00a0% of resamples of the users. The bar does not cover the effect of another seed.",
  });
  try {
    await writeAtomically(report, page);
    const json = `${JSON.stringify({ version: 1, ...result }, null, 2)}\n`;
    await writeAtomically(join(options.out, "ablation.json"), json);
  } catch (error) {
    throw unwritable(options.out, error);
  }
}
