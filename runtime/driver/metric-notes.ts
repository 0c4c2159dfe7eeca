// Notes below a table of metrics: the weighting of a number, its skipped groups, and the resamples of its interval.

import { metricOf } from "../../compiler/middle/metrics/registry.ts";
import type { Interval } from "../../compiler/train/metrics/bootstrap.ts";
import type { Evaluation } from "../../compiler/train/score.ts";
import type { Truth } from "../files/truth.ts";
import { thousands } from "./text-table.ts";

/** `test AUC .8012 of at most .8234 …`; null if the test rows were not evaluated by AUC. */
export function describeTruth(truth: Truth, evaluations: readonly Evaluation[]): string | null {
  const test = evaluations.find(({ split, label }) => split === "test" && label === truth.label);
  const auc = test?.values["auc"];
  if (auc === undefined || !Number.isFinite(auc)) return null;
  const share = (100 * (auc - 0.5)) / (truth.auc - 0.5);
  return `test AUC ${auc.toFixed(4)}; the click model's own probabilities reach ${truth.auc.toFixed(4)}: ${share.toFixed(1)}% of the way from chance`;
}

/** Notes about the last evaluated split; those that differ by prediction begin with its name. */
export function metricNotes(evaluations: readonly Evaluation[]): string[] {
  const split = evaluations.at(-1)?.split;
  const last = evaluations.filter((evaluation) => evaluation.split === split);
  const titles = new Set(last.flatMap(({ details }) => Object.keys(details)));
  return [...titles].flatMap((title) => {
    const notes = last.map((evaluation) => noteOf(evaluation, title));
    const isOne = notes.every((note) => note === notes[0]);
    return (isOne ? notes.slice(0, 1) : notes)
      .map((note, i) => (note === null ? null : `${isOne ? "" : `${last[i]!.label} `}${title}: ${note}`))
      .filter((note) => note !== null);
  });
}

function noteOf({ details, split }: Evaluation, title: string): string | null {
  const found = details[title];
  if (found === undefined) return null;
  const { metric, groups, outcome = "binary", constant } = found;
  const definition = metricOf(metric);
  const skipped =
    groups === null
      ? null
      : `${thousands(groups.skipped)} of ${thousands(groups.count)} groups skipped (${definition.skips})`;
  const baseline =
    constant === undefined || !Number.isFinite(constant)
      ? null
      : `a model that knows only ${outcome === "class" ? "how often each class occurs" : "the label's mean"} has ${constant.toFixed(5)} on the ${split} rows`;
  const parts = [definition.note(metric, outcome), baseline, skipped].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join("; ");
}

/** `test auc 0.71012–0.72345, …: 95 % of 1,000 resamples of the users (user_id)`, one for each prediction. */
export function intervalNotes(evaluations: readonly Evaluation[]): string[] {
  const split = evaluations.at(-1)?.split;
  const last = evaluations.filter((evaluation) => evaluation.split === split);
  return last.flatMap(({ label, details }) => {
    const found = Object.entries(details).flatMap(([title, { interval }]) =>
      interval === null ? [] : [{ title, interval }],
    );
    if (found.length === 0) return [];
    const prediction = last.length > 1 ? `${label} ` : "";
    const ranges = found.map(({ title, interval }) => `${title} ${rangeText(interval)}`).join(", ");
    return [`${split} ${prediction}${ranges}: ${resamplingText(found.map(({ interval }) => interval))}`];
  });
}

/** `0.71012–0.72345` */
export function rangeText({ low, high }: Interval): string {
  return `${low.toFixed(5)}–${high.toFixed(5)}`;
}

export function resamplingText(intervals: readonly Interval[]): string {
  const users = [...new Set(intervals.map(({ by }) => by))].join(", ");
  return `the middle 95 % of ${thousands(intervals[0]!.resamples)} resamples of the users (${users})`;
}
