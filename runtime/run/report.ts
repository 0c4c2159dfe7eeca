// report.html: what a training did, as one static page without scripts. Everything that comes from a spec is escaped.

import { escapeMarkup } from "../../compiler/markup.ts";
import type { EpochResult } from "../train/loop.ts";
import { lossColumns, metricCells, metricNames } from "./metric-columns.ts";
import { htmlTable, metricSections } from "./report-metrics.ts";
import type { Manifest } from "./run-folder.ts";

export interface ReportInput {
  readonly manifest: Omit<Manifest, "files">;
  readonly epochs: readonly EpochResult[];
  /** One sentence each: how close the model came to what is reachable, what was skipped. */
  readonly notes: readonly string[];
}

export function reportHtml({ manifest, epochs, notes }: ReportInput): string {
  const { model, backend, settings, data, timings, compiler } = manifest;
  const facts = [
    [
      `${data.trainRows.toLocaleString("en")} training rows`,
      ...(data.validRows === 0 ? [] : [`${data.validRows.toLocaleString("en")} validation rows`]),
      `${data.testRows.toLocaleString("en")} test rows`,
    ].join(", "),
    `${timings.seconds.toFixed(1)} s of training, ${Math.round(timings.samplesPerSecond).toLocaleString("en")} samples/s`,
    `backend ${backend}, seed ${settings.seed}, dinc ${compiler}`,
  ];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${escapeMarkup(model)}: training report</title>
<style>
  body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 46rem; padding: 0 1rem; }
  table { border-collapse: collapse; }
  th, td { padding: .25rem .75rem; text-align: right; border-bottom: 1px solid #8884; }
  svg { max-width: 100%; height: auto; } svg text { font: 12px system-ui, sans-serif; fill: currentColor; }
</style>
<h1>${escapeMarkup(model)}</h1>
<p>${facts.map(escapeMarkup).join("<br>")}</p>
${notes.map((note) => `<p>${escapeMarkup(note)}</p>`).join("\n")}
${table(epochs)}
${metricSections(epochs[manifest.epoch - 1]?.evaluations ?? [])}
${charts(epochs)}
</html>
`;
}

function table(epochs: readonly EpochResult[]): string {
  const names = metricNames(epochs[0]?.evaluations ?? []);
  const head = ["epoch", ...lossNames(epochs), ...names, "samples/s", "seconds"];
  const rows = epochs.map((epoch) => [
    String(epoch.epoch),
    ...lossColumns(epoch).map(([, loss]) => loss.toFixed(5)),
    ...metricCells(epoch.evaluations, names),
    Math.round(epoch.samplesPerSecond).toLocaleString("en"),
    epoch.seconds.toFixed(2),
  ]);
  return htmlTable(head, rows);
}

function lossNames([first]: readonly EpochResult[]): string[] {
  return first === undefined ? ["loss"] : lossColumns(first).map(([name]) => name);
}

/** Curves for the loss and for what it adds up, and one for each metric that has a value in every epoch. */
function charts(epochs: readonly EpochResult[]): string {
  const names = metricNames(epochs[0]?.evaluations ?? []);
  const curves = names.map((name, column): [string, number[]] => [
    name,
    epochs.map((epoch) => Number(metricCells(epoch.evaluations, names)[column])),
  ]);
  const losses = lossNames(epochs).map((name, column): [string, number[]] => [
    name,
    epochs.map((epoch) => lossColumns(epoch)[column]![1]),
  ]);
  return [...losses, ...curves]
    .filter(([, values]) => values.length > 1 && values.every(Number.isFinite))
    .map(([name, values]) => chart(name, values))
    .join("\n");
}

const WIDTH = 640;
const HEIGHT = 180;
const MARGIN = 48;

function chart(name: string, values: readonly number[]): string {
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  const x = (i: number) => MARGIN + (i / (values.length - 1)) * (WIDTH - 2 * MARGIN);
  const y = (value: number) => HEIGHT - MARGIN / 2 - ((value - low) / span) * (HEIGHT - MARGIN);
  const points = values.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  const label = (value: number) => `<text x="4" y="${(y(value) + 4).toFixed(1)}">${value.toFixed(4)}</text>`;
  return `<h2>${escapeMarkup(name)}</h2>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeMarkup(name)} by epoch">
<polyline fill="none" stroke="currentColor" stroke-width="2" points="${points}"/>
${label(low)}${label(low + span)}
<text x="${MARGIN}" y="${HEIGHT - 4}">epoch 1</text><text x="${WIDTH - MARGIN}" y="${HEIGHT - 4}" text-anchor="end">${values.length}</text>
</svg>`;
}
