// The report's tables of metrics: values with their intervals, and how reliable probabilities are.

import { escapeMarkup } from "../../compiler/markup.ts";
import type { ReliabilityBin } from "../../compiler/metrics/define-metric.ts";
import type { Interval } from "../train/metrics/evaluate.ts";
import type { Evaluation } from "../train/score.ts";

/** One section for each split and prediction, of the epoch whose weights were kept. */
export function metricSections(evaluations: readonly Evaluation[]): string {
  return evaluations.map(section).join("\n");
}

export function htmlTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (tag: string, cells: readonly string[]) =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeMarkup(cell)}</${tag}>`).join("")}</tr>`;
  return `<table>\n${[line("th", head), ...rows.map((cells) => line("td", cells))].join("\n")}\n</table>`;
}

function section({ split, label, rows, values, details }: Evaluation): string {
  const intervals = Object.values(details).flatMap(({ interval }) => (interval === null ? [] : [interval]));
  const lines = Object.entries(values).map(([title, value]) => [
    title,
    Number.isNaN(value) ? "–" : value.toFixed(5),
    ...(intervals.length === 0 ? [] : [rangeOf(details[title]?.interval ?? null)]),
  ]);
  const head = ["metric", "value", ...(intervals.length === 0 ? [] : ["95 % interval"])];
  const reliability = Object.entries(details).flatMap(([title, { table }]) =>
    table === null ? [] : [reliabilityTable(title, table)],
  );
  return [
    `<h2>${escapeMarkup(label)}, ${rows.toLocaleString("en")} ${split} rows</h2>`,
    htmlTable(head, lines),
    ...(intervals.length === 0 ? [] : [`<p>${escapeMarkup(madeBy(intervals))}</p>`]),
    ...reliability,
  ].join("\n");
}

function rangeOf(interval: Interval | null): string {
  return interval === null ? "" : `${interval.low.toFixed(5)}–${interval.high.toFixed(5)}`;
}

function madeBy(intervals: readonly Interval[]): string {
  const users = [...new Set(intervals.map(({ by }) => by))].join(", ");
  return `Intervals: the middle 95 % of ${intervals[0]!.resamples.toLocaleString("en")} resamples of the users (${users}).`;
}

function reliabilityTable(title: string, bins: readonly ReliabilityBin[]): string {
  const rows = bins.map(({ rows, lowest, highest, predicted, observed }) => [
    `${lowest.toFixed(4)}–${highest.toFixed(4)}`,
    rows.toLocaleString("en"),
    predicted.toFixed(5),
    observed.toFixed(5),
  ]);
  return `<h3>${escapeMarkup(title)}, by predicted probability</h3>
${htmlTable(["probabilities", "rows", "predicted", "clicked"], rows)}`;
}
