// The output of `dinc diff`: whether the weights are the same, both runs' metrics, the differences in the
// runs' inputs, and which of these may be the cause.

import { shellCommand } from "../../compiler/common/shell.ts";
import { rangeText } from "../driver/metric-notes.ts";
import type { Serving } from "../driver/serving.ts";
import { alignedLines, thousands } from "../driver/text-table.ts";
import {
  ASPECTS,
  type Aspect,
  type Difference,
  type MetricComparison,
  type RunComparison,
} from "../run/compare-runs.ts";
import { flatMetrics } from "../run/flat-metrics.ts";
import type { Manifest } from "../run/run-folder.ts";

type Pair<T> = readonly [a: T, b: T];

export function comparisonText(
  names: Pair<string>,
  manifests: Pair<Manifest>,
  comparison: RunComparison,
  specDiff: string,
  serving: Serving | null,
): string {
  const parts = [
    headText(names, manifests),
    kinshipText(comparison.kinship),
    ...names.map((name, i) => chainText(name, manifests[i]!)),
    weightsText(comparison),
    serving === null || comparison.weights.same ? "" : servingText(names[1], serving),
    metricsText(comparison.metrics),
    calibrationText(comparison),
    ...ASPECTS.map((aspect) => aspectText(aspect, comparison, specDiff)),
    causesText(names, manifests, comparison),
  ];
  return parts.filter((part) => part !== "").join("\n");
}

function headText(names: Pair<string>, manifests: Pair<Manifest>): string {
  const rows = names.map((name, i) => {
    const { model, data, epoch, timings } = manifests[i]!;
    return [
      i === 0 ? "a" : "b",
      name,
      `model ${model}, ${thousands(data.trainRows)} training rows, weights of epoch ${epoch}, ${thousands(timings.samplesPerSecond)} samples/s`,
    ];
  });
  return alignedLines(rows);
}

/** `b continues from monday, 2 trainings later` */
function kinshipText(kinship: RunComparison["kinship"]): string {
  if (kinship === null) return "";
  const { run, after } = kinship;
  const later = (count: number) => `${count} ${count === 1 ? "training" : "trainings"} later`;
  if (after.a === 0 && after.b === 0) return `both are ${run}\n`;
  if (after.a === 0) return `b continues from a, ${later(after.b)}\n`;
  if (after.b === 0) return `a continues from b, ${later(after.a)}\n`;
  return `both continue from ${run}: a is ${later(after.a)}, b ${later(after.b)}\n`;
}

/**
 * The chain of trainings that led to a run, each with the metrics on its rows before they were trained on;
 * empty for a run without a chain.
 */
function chainText(name: string, { from, data, metrics }: Manifest): string {
  if (from === undefined) return "";
  const own = { run: name, trainRows: data.trainRows, before: from.before, metrics };
  const links = [...from.chain, own].slice(-MOST_LINKS);
  const left = from.chain.length + 1 - links.length;
  const titles = [...new Set(links.flatMap(({ before }) => Object.keys(flatMetrics(before?.["train"]))))];
  const rows = links.map(({ run, trainRows, before }) => {
    const tested = flatMetrics(before?.["train"]);
    return [run, thousands(trainRows), ...titles.map((title) => tested[title]?.toFixed(5) ?? "–")];
  });
  const head = ["training", "rows", ...titles.map((title) => `${title} before it`)];
  const right = new Set([1, ...titles.map((_, i) => 2 + i)]);
  const before = left === 0 ? "" : `  after ${left} earlier ${left === 1 ? "training" : "trainings"}\n`;
  return `chain of ${name}: its rows before they were trained on\n${before}${alignedLines([head, ...rows], right, "  ")}`;
}

/** The most trainings of a chain in the list. */
const MOST_LINKS = 14;

/** The most arrays in the list. */
const MOST_ARRAYS = 5;

function weightsText({ weights: { same, arrays, differing } }: RunComparison): string {
  if (same) return "weights: the same, bit for bit\n";
  const rows = differing
    .slice(0, MOST_ARRAYS)
    .map(({ name, largest, a, b }) => [
      name,
      largest === null
        ? `${a ?? "absent"} → ${b ?? "absent"}`
        : `differs by up to ${Number(largest.toPrecision(3))}`,
    ]);
  const more = differing.length > MOST_ARRAYS ? `  and ${differing.length - MOST_ARRAYS} more\n` : "";
  return `weights: ${differing.length} of ${arrays} arrays differ\n${alignedLines(rows, new Set(), "  ")}${more}`;
}

/** `b` is a run, or names a future training. */
function servingText(b: string, { servesOn, why }: Serving): string {
  return servesOn
    ? `${shellCommand`module: one compiled from a serves b with new weights: dinc compile ${b} --weights-only --out MODULE`}\n`
    : `module: b needs a newly compiled one, because ${why.join(", and ")}\n`;
}

function metricsText(metrics: readonly MetricComparison[]): string {
  if (metrics.length === 0) return "";
  const several = metrics.some(({ prediction }) => prediction !== metrics[0]!.prediction);
  const hasIntervals = metrics.some(({ a, b }) => a?.interval !== undefined || b?.interval !== undefined);
  const cell = (side: MetricComparison["a"]) => (side?.value == null ? "–" : side.value.toFixed(5));
  const range = (side: MetricComparison["a"]) =>
    side?.interval === undefined ? "" : rangeText(side.interval);
  const rows = metrics.map(({ prediction, metric, a, b, difference }) => [
    several ? `${prediction} ${metric}` : metric,
    cell(a),
    cell(b),
    difference === null
      ? "–"
      : difference === 0
        ? "0"
        : `${difference > 0 ? "+" : "−"}${Math.abs(difference).toFixed(5)}`,
    ...(hasIntervals ? [range(a), range(b)] : []),
  ]);
  const head = ["metric", "a", "b", "b − a", ...(hasIntervals ? ["interval of a", "interval of b"] : [])];
  const right = new Set([1, 2, 3, 4, 5]);
  const note = metrics.some(overlap)
    ? "If the intervals overlap, the difference may be chance: other test rows could reverse it.\n"
    : "";
  return `${alignedLines([head, ...rows], right)}${note}`;
}

function overlap({ a, b, difference }: MetricComparison): boolean {
  const [x, y] = [a?.interval, b?.interval];
  return difference !== 0 && x !== undefined && y !== undefined && x.low <= y.high && y.low <= x.high;
}

function aspectText(aspect: Aspect, { differences, network }: RunComparison, specDiff: string): string {
  const found = differences[aspect];
  if (found.length === 0) return "";
  if (aspect !== "spec") return `${aspect}\n${differencesText(found)}`;
  const beside = found.filter(({ what }) => what !== "text" && what !== "network");
  const same = network === "same" ? " (the network that is trained is the same)" : "";
  return `spec${same}\n${differencesText(beside)}${specDiff}`;
}

/** A calibration changes scores, but no metric that training measured. */
function calibrationText({ calibration }: RunComparison): string {
  return calibration.length === 0 ? "" : `calibration\n${differencesText(calibration)}`;
}

function differencesText(differences: readonly Difference[]): string {
  const side = (text: string | null) => text ?? "nothing";
  const rows = differences.map(({ what, a, b }) => [what, `${side(a)} → ${side(b)}`]);
  return rows.length === 0 ? "" : alignedLines(rows, new Set(), "  ");
}

/** Why weights may differ if an aspect differs. */
const reasons: Readonly<Record<Aspect, string>> = {
  spec: "the spec: another network, or other features",
  settings: "the settings of the training",
  seed: "the seed: other initial weights, another order of the rows, other noise",
  from: "the first weights: those of another run, or random ones",
  data: "the data: other rows, or rows that were made or split differently",
  versions: "the versions: another dinc may compile or train differently",
  backend:
    "the back end: another order of additions rounds differently, and training amplifies small differences",
  machine:
    "the machine: another processor or number of threads adds in another order, which rounds differently",
};

function causesText(names: Pair<string>, manifests: Pair<Manifest>, comparison: RunComparison): string {
  const { unknown, weights, learned, same, metrics, causes, network } = comparison;
  if (same) return "The two are the same model with the same scores.\n";
  if (weights.same) {
    const what =
      comparison.calibration.length > 0 && learned === "same" && network === "same"
        ? "calibrations"
        : learned === "differs"
          ? "vocabularies or scales"
          : metrics.some(({ difference }) => difference !== 0)
            ? "metrics"
            : "the network";
    return `The weights are the same, but ${what} differ.\n`;
  }
  const older = names.filter((_, i) => manifests[i]!.environment === undefined);
  const untold =
    unknown.length > 0
      ? `  ${older.join(" and ")}: made by an earlier dinc, which did not record the machine\n`
      : "";
  if (causes.length > 0) {
    const lines = causes.map((aspect) => `  ${reasons[aspect]}\n`).join("");
    return `What may be why:\n${lines}${untold}`;
  }
  if (untold !== "") return `All records of the two runs are equal. Possible reasons:\n${untold}`;
  return (
    "Nothing recorded in the runs differs, and the same seed, data and back end give the same numbers. Remaining causes: a run " +
    "of a dinc or a TensorFlow that was changed under the same version number, or a faulty machine. Train both " +
    "again: the run that changes is the odd one.\n"
  );
}
