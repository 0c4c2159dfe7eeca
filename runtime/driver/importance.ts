// Measures how much a run relies on its inputs: each feature, history and field is permuted among rows with
// labels, and metrics show how much worse the same weights then score (Breiman 2001; Fisher, Rudin & Dominici
// 2019).

import { formatCount } from "../../compiler/common/format-count.ts";
import { option, wording } from "../../compiler/common/option-text.ts";
import { Random } from "../../compiler/common/random.ts";
import { UsageError } from "../../compiler/common/usage-error.ts";
import { inputsOf } from "../../compiler/data/graph-inputs.ts";
import { weightsIn } from "../../compiler/data/label-columns.ts";
import { type NetworkInput, partName, partsRead, permuted } from "../../compiler/data/permuted.ts";
import { doesNothing } from "../../compiler/diagnostics/catalog/ablation.ts";
import { type Diagnostic, diagnose } from "../../compiler/diagnostics/diagnostic.ts";
import { measuredBy } from "../../compiler/frontend/labels/registry.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import type { Metric } from "../../compiler/middle/metrics/registry.ts";
import { titlesOf } from "../../compiler/middle/metrics/registry.ts";
import { removalFix } from "../../compiler/tools/ablate/without.ts";
import { Differences, type MetricDifference } from "../../compiler/train/metrics/differences.ts";
import { sampleOf } from "../data/batches.ts";
import { writeAtomically } from "../files/atomic.ts";
import { unwritable } from "../files/unwritable.ts";
import { type OpenRun, openedRun } from "../run/open-run.ts";
import { openScorer } from "../run/score-run.ts";
import type { Logits } from "../run/scorer.ts";
import { Unscored } from "../run/unscored.ts";
import { throwIfStopped } from "./events.ts";
import { backendFor, type RowsOptions, rowsToMeasure, tellLeftOut } from "./rows.ts";

export interface ImportanceOptions extends RowsOptions {
  /** How often each part is permuted, 3 by default; the results are averaged. */
  readonly repeats?: number;
  /** The most rows, drawn at random; 20,000 by default. */
  readonly sample?: number;
  /** Resamples of the users for intervals; 400 by default, 0 for no intervals. */
  readonly resamples?: number;
  /** The metric that determines the order, by its name in tables; by default the first of the spec. */
  readonly metric?: string;
  /** The seed of the permutations, the sample and the resamples; by default the run's own. */
  readonly seed?: number;
  /** A page with a plot. */
  readonly report?: string;
}

export interface Importance {
  /** The metric that determines the order. */
  readonly metric: string;
  /** The number of rows that were scored, and of all rows. */
  readonly rows: number;
  readonly of: number;
  readonly repeats: number;
  readonly seed: number;
  readonly predictions: readonly PredictionImportance[];
  /** Declared features that the network does not read. */
  readonly unread: readonly string[];
  /** A warning for each part without effect, with the edits of the run's spec that remove it. */
  readonly warnings: readonly Diagnostic[];
}

export interface PredictionImportance {
  readonly label: string;
  /** The most important part first. */
  readonly parts: readonly PartImportance[];
}

/** `nothing`: the interval contains 0. Without an interval, `unknown`. */
export type Verdict = "helps" | "nothing" | "harms" | "unknown";

export interface PartImportance {
  /** `price`, `clicks`, `clicks.dwell` */
  readonly name: string;
  readonly kind: NetworkInput["kind"];
  readonly verdict: Verdict;
  /** For every metric of the spec, in its order. */
  readonly differences: readonly MetricDifference[];
}

/**
 * Permutes each input of a run in turn, and measures how much worse the run then is on labelled rows, by
 * default test rows. Throws DiagnosticError for mistakes in the run or the rows, UsageError for options that
 * don't fit, and `Stopped` if the signal is aborted.
 */
export async function importance(run: OpenRun | string, options: ImportanceOptions): Promise<Importance> {
  const opened = await openedRun(run, options);
  const { model } = opened;
  const { metrics } = model.train;
  const { repeats = 3, sample = 20_000, resamples = 400 } = options;
  const seed = options.seed ?? opened.run.manifest.settings.seed;
  const metric = requireMetric(metrics, options.metric);
  const { rows: all, path, badRows, columns } = await rowsToMeasure(opened, options);
  try {
    const rows = sampleOf(all, model, Random.of(seed, "sample of importance"), sample);
    // A feature that is known in training only has the same value in all scored rows.
    const isKnown = (name: string) => model.features.get(name)?.scope !== "training";
    const parts = partsRead(model, inputsOf(opened.predict)).filter(
      (part) => part.kind !== "feature" || isKnown(part.name),
    );
    const scorer = await openScorer(opened, await backendFor(opened, options));
    const total = rows.rows * (1 + repeats * parts.length);
    let done = 0;
    const scored = async (some: typeof rows): Promise<Logits> => {
      const logits = await scorer.score(some, (count) => {
        throwIfStopped(options);
        const progress = { kind: "scoring", rows: done + count, of: total } as const;
        options.onEvent?.({ kind: "measuring", progress });
      });
      done += some.rows;
      return logits;
    };
    try {
      const base = await scored(rows);
      const unscored = new Unscored(badRows, path);
      unscored.check(base, rows, 0);
      unscored.finish(rows.rows);
      tellLeftOut(badRows, options);
      const resampling = { seed, resamples };
      const compared = model.predictions.flatMap(({ label }) => {
        const by = measuredBy(model, label);
        if (!titlesOf(by.metrics).includes(metric)) return [];
        const labels = rows.labels.get(label)!;
        const differences = new Differences(
          { ...by, labels, weights: weightsIn(rows.labels, label), groups: rows.groups, resampling },
          base.get(label)!,
        );
        return [{ label, differences, parts: [] as PartImportance[] }];
      });
      for (const part of parts) {
        const name = partName(part);
        const logits: Logits[] = [];
        for (let repeat = 0; repeat < repeats; repeat++) {
          const random = Random.of(seed, `permutation ${repeat} of ${name}`);
          logits.push(await scored(permuted(model, rows, part, random)));
        }
        for (const each of compared) {
          const found = await each.differences.to(logits.map((scores) => scores.get(each.label)!));
          each.parts.push({ name, kind: part.kind, verdict: verdictOf(found, metric), differences: found });
          throwIfStopped(options);
        }
      }
      const result: Importance = {
        ...{ metric, rows: rows.rows, of: all.rows, repeats, seed },
        predictions: compared.map(({ label, parts: found }) => ({ label, parts: inOrder(found, metric) })),
        warnings: compared.length === 1 ? warningsOf(model, parts, compared[0]!.parts, metric) : [],
        unread: [...model.features.keys()]
          .filter(isKnown)
          .filter((name) => !parts.some((part) => partName(part) === name)),
      };
      await writeReport(opened, result, path, options);
      return result;
    } finally {
      await scorer.close();
    }
  } finally {
    columns.remove();
  }
}

function warningsOf(
  model: Model,
  parts: readonly NetworkInput[],
  found: readonly PartImportance[],
  metric: string,
): Diagnostic[] {
  return parts.flatMap((part, i) => {
    const { name, verdict, differences } = found[i]!;
    const { interval } = differenceOf(differences, metric);
    if ((verdict !== "nothing" && verdict !== "harms") || interval === null) return [];
    const [low, high] = [interval.low, interval.high].map((end) => end.toFixed(5).replace("-", "−")) as [
      string,
      string,
    ];
    const fix = removalFix(model, part);
    const { span } = model.features.get(name) ?? model.histories.get(name.split(".")[0]!)!;
    const details = fix === null ? {} : { fixes: [fix] };
    return [diagnose(doesNothing, { name, metric, low, high }, span, details)];
  });
}

/** Throws UsageError if the spec does not name the metric. */
export function requireMetric(metrics: readonly Metric[], asked: string | undefined): string {
  const titles = titlesOf(metrics);
  const title = asked ?? titles[0];
  if (title === undefined) throw new UsageError("the spec has no metrics, so there is nothing to compare");
  if (!titles.includes(title))
    throw new UsageError(
      wording`${option("metric")}: the spec does not measure ${title}; it measures ${titles.join(", ")}`,
    );
  return title;
}

export function differenceOf(differences: readonly MetricDifference[], metric: string): MetricDifference {
  return differences.find((difference) => difference.metric === metric)!;
}

export function verdictOf(differences: readonly MetricDifference[], metric: string): Verdict {
  const { interval, worse } = differenceOf(differences, metric);
  if (interval === null) return worse === 0 ? "nothing" : "unknown";
  if (interval.low > 0) return "helps";
  return interval.high < 0 ? "harms" : "nothing";
}

/** Sorts parts by the loss of a metric without them, largest first; undefined losses come last. */
export function inOrder<P extends Pick<PartImportance, "differences">>(
  parts: readonly P[],
  metric: string,
): P[] {
  const worse = ({ differences }: P) => {
    const value = differenceOf(differences, metric).worse;
    return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
  };
  return [...parts].sort((a, b) => worse(b) - worse(a));
}

async function writeReport(
  { model, folder }: OpenRun,
  { predictions, metric, rows, of, repeats, seed }: Importance,
  path: string,
  options: ImportanceOptions,
): Promise<void> {
  const { report } = options;
  if (report === undefined) return;
  options.onEvent?.({ kind: "writing", path: report });
  const { differencesReport } = await import("../report/differences-report.ts");
  const page = differencesReport({
    ...{ model: model.name, metric, predictions },
    kind: "importance",
    facts: [
      ["Run", folder],
      [
        "Rows",
        `${rows === of ? "" : "a sample of "}${formatCount(rows)}${rows === of ? "" : ` of ${formatCount(of)}`}: ${path}`,
      ],
      ["Permutations", `${repeats} of each part, seed ${seed}`],
    ],
    caption:
      "How much worse the run scores if a part of its input is permuted among the rows. A dot is the mean, a bar the middle 95\u00a0% of resamples of the users.",
  });
  try {
    await writeAtomically(report, page);
  } catch (error) {
    throw unwritable(report, error);
  }
}
