// The sections about the training itself: metrics, curves, settings and data.

import { formatCount } from "../../compiler/common/format-count.ts";
import { monitorTitle } from "../../compiler/middle/metrics/monitor.ts";
import type { Metric } from "../../compiler/middle/metrics/registry.ts";
import type { EarlyStop } from "../../compiler/middle/training/settings.ts";
import type { Interval } from "../../compiler/train/metrics/bootstrap.ts";
import type { Evaluation } from "../../compiler/train/score.ts";
import type { EpochResult } from "../../compiler/train/state.ts";
import type { LeftOut } from "../data/tables.ts";
import type { ManifestContents } from "../run/run-folder.ts";
import { lossColumns, metricCells, metricNames, rateColumn } from "../train/metrics/metric-columns.ts";
import { epochCharts, lossCurve } from "./curves.ts";
import { html, type Markup } from "./markup.ts";
import { figure, paragraph, section, splitWords, table } from "./page.ts";

/** The results of the epoch whose weights were kept: a table for each split and prediction. */
export function results(evaluations: readonly Evaluation[], notes: readonly string[]): Markup {
  const tables = evaluations.flatMap(evaluationTable);
  const intervals = evaluations.flatMap(({ details }) =>
    Object.values(details).flatMap(({ interval }) => (interval === null ? [] : [interval])),
  );
  return section(
    "results",
    "Results",
    ...(tables.length === 0 ? [paragraph("No rows were held out, so nothing was measured.")] : tables),
    ...(intervals.length === 0 ? [] : [html`<p class="facts">${madeBy(intervals)}</p>`]),
    ...notes.map((note) => html`<p class="facts">${note}</p>`),
  );
}

function evaluationTable({ split, label, rows, values, details }: Evaluation): readonly Markup[] {
  const hasIntervals = Object.values(details).some(({ interval }) => interval !== null);
  const lines = Object.entries(values).map(([title, value]) => [
    title,
    Number.isNaN(value) ? "–" : value.toFixed(5),
    ...(hasIntervals ? [rangeOf(details[title]?.interval ?? null)] : []),
  ]);
  const head = ["metric", "value", ...(hasIntervals ? ["95 % interval"] : [])];
  return [html`<h3>${label}, ${formatCount(rows)} ${splitWords[split]} rows</h3>`, table(head, lines)];
}

function rangeOf(interval: Interval | null): string {
  return interval === null ? "" : `${interval.low.toFixed(5)}–${interval.high.toFixed(5)}`;
}

function madeBy(intervals: readonly Interval[]): string {
  const users = [...new Set(intervals.map(({ by }) => by))].join(", ");
  return `Intervals: the middle 95\u00a0% of ${formatCount(intervals[0]!.resamples)} resamples of the users (${users}).`;
}

export function training(epochs: readonly EpochResult[], kept: number): Markup {
  const names = metricNames(epochs[0]?.evaluations ?? []);
  const losses = epochs[0] === undefined ? ["loss"] : lossColumns(epochs[0]).map(([name]) => name);
  const rates = epochs
    .slice(0, 1)
    .flatMap(rateColumn)
    .map(([name]) => name);
  const rows = epochs.map((epoch) => [
    String(epoch.epoch),
    ...lossColumns(epoch).map(([, loss]) => loss.toFixed(5)),
    ...metricCells(epoch.evaluations, names),
    ...rateColumn(epoch).map(([, rate]) => rate),
    formatCount(Math.round(epoch.samplesPerSecond)),
    epoch.seconds.toFixed(2),
  ]);
  const curve = lossCurve(epochs);
  const charts = epochCharts(epochs, kept);
  const hasBand = epochs.some(({ evaluations }) =>
    evaluations.some(({ details }) => Object.values(details).some(({ interval }) => interval !== null)),
  );
  const bands = hasBand ? " Bars are the 95\u00a0% intervals." : "";
  return section(
    "training",
    "Training",
    ...(curve === null
      ? []
      : [
          figure(
            [curve],
            "Training loss, each example at the step that used it; an epoch ends at each dotted line.",
          ),
        ]),
    figure(charts, `Losses and metrics by epoch. The dot marks the epoch whose weights were kept.${bands}`),
    table(["epoch", ...losses, ...names, ...rates, "samples/s", "seconds"], rows),
  );
}

/** Everything that is needed to repeat the training. */
export function dataAndSettings({ data, settings, params, tables }: ManifestContents): Markup {
  const files = data.files.map(({ path, bytes, hash }) => [
    fileName(path),
    formatCount(bytes),
    hash.slice(0, 12),
  ]);
  const sizes = Object.entries(tables).map(([name, { rows, width, trained, given }]) => [
    name,
    formatCount(rows),
    String(width),
    trained ? "yes" : "no",
    formatCount(given),
  ]);
  return section(
    "settings",
    "Settings and data",
    html`<dl>
${[...paramLines(params), ...settingLines(settings)].map(([name, value]) => html`<dt>${name}</dt><dd><code>${value}</code></dd>`)}
</dl>`,
    ...(sizes.length === 0 ? [] : [table(["table", "rows", "width", "trained", "given rows"], sizes)]),
    ...(files.length === 0 ? [] : [table(["file", "bytes", "SHA-256"], files)]),
    ...badRows(data.leftOut ?? []),
  );
}

/** By file and kind: the number of rows that training left out, and the first of them. */
function badRows(leftOut: readonly LeftOut[]): readonly Markup[] {
  const lines = leftOut.flatMap(({ path, rows, kinds }) =>
    kinds.map((kind) => [
      fileName(kind.file ?? path),
      `${kind.code} ${kind.name}${kind.column === null ? "" : `, ${kind.column}`}`,
      `${formatCount(kind.rows)} of ${formatCount(rows)}`,
      formatCount(kind.first),
    ]),
  );
  if (lines.length === 0) return [];
  return [html`<h3>Rows that were left out</h3>`, table(["file", "what is wrong", "rows", "first"], lines)];
}

/** Shows no folders, which are private. */
function fileName(path: string): string {
  return path.replace(/^.*[\\/]/, "");
}

function paramLines(params: ManifestContents["params"]): readonly (readonly [string, string])[] {
  return Object.entries(params).map(([name, value]) => [`param ${name}`, plain(value)]);
}

/** Settings as plain data, without those that are off. */
function settingLines(settings: ManifestContents["settings"]): readonly (readonly [string, string])[] {
  return Object.entries(settings).flatMap(([name, value]): (readonly [string, string])[] =>
    value === null || name === "metrics" || plain(value) === ""
      ? []
      : [[words(name), plain(named(value, settings.metrics))]],
  );
}

/** A setting with the title of its monitor instead of the monitor. */
function named(value: unknown, metrics: readonly Metric[]): unknown {
  if (typeof value !== "object" || value === null || !("monitor" in value)) return value;
  const { monitor, ...others } = value as EarlyStop;
  return { metric: monitorTitle(monitor, metrics), label: monitor.label, ...others };
}

/** For example `mini batch aware` for `miniBatchAware`. */
function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** `kind: adam, learning rate: 0.001` */
function plain(value: unknown): string {
  if (value instanceof Map) return plain(Object.fromEntries(value));
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return value.map(plain).join(", ");
  // Leaves out null: early stopping without a label uses the first prediction.
  const parts = Object.entries(value).filter(([name, each]) => name !== "span" && each !== null);
  return parts
    .map(([name, each]) => (name === "kind" ? String(each) : `${words(name)} ${plain(each)}`))
    .join(", ");
}
