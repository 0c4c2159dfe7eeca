// The output of `dinc runs`: a line for each run, with the params and settings that differ between runs, and
// its metrics on validation and test rows.

import { inShell } from "../../compiler/common/shell.ts";
import {
  columnsOf,
  type ListedRun,
  type ListedRuns,
  type RunValue,
  type SeedRuns,
} from "../driver/list-runs.ts";
import { alignedLines, duration, thousands } from "../driver/text-table.ts";

export interface RunsText {
  readonly table: string;
  /** The sentences below the table. */
  readonly notes: readonly string[];
}

export function runsText({ runs, of, sortedBy, folder, seeds }: ListedRuns): RunsText {
  const left = of - runs.length;
  const without = left === 0 ? [] : [`${thousands(left)} of ${thousands(of)} runs are left out by --filter`];
  if (runs.length === 0) return { table: "", notes: without };
  const columns = shownColumns(runs, sortedBy);
  const rows = runs.map((run) => columns.map((column) => cellText(column, run.columns.get(column) ?? null)));
  const right = new Set(columns.flatMap((column, i) => (isNumeric(column, runs) ? [i] : [])));
  const best = sortedBy.startsWith("test.")
    ? [
        "in the order of a test metric: the best of many on the same rows is partly luck, so choose by `valid` instead",
      ]
    : [];
  const isTested = columns.some((column) => column.startsWith("before."));
  const before = isTested ? ["`before`: on the rows of the run, before it was trained on them"] : [];
  const none = columns.some((column) => /^(valid|before)\./.test(column))
    ? []
    : [
        "no run has validation rows to choose runs by: name some in dinc.yaml (`data.valid` or `data.validate`)",
      ];
  const rowsDiffer = columns.includes("data")
    ? ["the runs have different rows: metrics can be compared if `data` is the same (`--filter data=…`)"]
    : [];
  return {
    table: alignedLines([columns, ...rows], right),
    notes: [
      ...seeds.map((each) => seedsText(folder, each)),
      ...without,
      ...rowsDiffer,
      ...before,
      ...best,
      ...none,
      ...(runs.length < 2
        ? []
        : [`compare two: dinc diff ${[0, 1].map((i) => inShell(pathOf(folder, runs[i]!))).join(" ")}`]),
    ],
  };
}

/** The mean and the deviation of each metric over the seeds of a training. */
function seedsText(folder: string, { folder: own, runs, metrics }: SeedRuns): string {
  const texts = Object.entries(metrics).map(
    ([column, { mean, deviation }]) =>
      `${column} ${mean.toFixed(5)}${deviation === null ? "" : ` ± ${deviation.toFixed(5)}`}`,
  );
  return `mean of ${runs} seeds in ${pathOf(folder, { run: own })}: ${texts.join(", ") || "no metrics"}`;
}

function pathOf(folder: string, { run }: Pick<ListedRun, "run">): string {
  return run === "." ? folder : `${folder.replace(/(?<!\/)\/+$/, "")}/${run}`;
}

/**
 * The columns that are always shown, all metrics, and other columns that differ between runs. If several
 * columns have the same values in all runs, only the first is shown.
 */
function shownColumns(runs: readonly ListedRun[], sortedBy: string): string[] {
  const shown: string[] = [];
  const seen = new Set<string>();
  for (const column of columnsOf(runs)) {
    const values = runs.map(({ columns }) => columns.get(column) ?? null);
    const isAsked =
      column === "run" || column === sortedBy || /^(epoch|seconds|(valid|test|before)\..*)$/.test(column);
    const isChoice = /^(model|variant_of|data|params\..*|settings\..*)$/.test(column);
    const key = JSON.stringify(values);
    const differs = isChoice && new Set(values).size > 1 && !seen.has(key);
    if (isChoice) seen.add(key);
    if (isAsked || differs) shown.push(column);
  }
  return shown;
}

function isNumeric(column: string, runs: readonly ListedRun[]): boolean {
  return runs.every(({ columns }) => typeof (columns.get(column) ?? 0) === "number");
}

function cellText(column: string, value: RunValue): string {
  if (value === null) return "–";
  if (typeof value !== "number") return String(value);
  if (/^(valid|test|before)\./.test(column)) return value.toFixed(5);
  if (column === "seconds") return duration(value);
  if (column === "samples_per_second") return thousands(value);
  return String(value);
}
