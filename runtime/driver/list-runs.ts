// Lists many runs as a table: those in a folder, filtered and sorted by any of their columns.

import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { type OptionText, option, wording } from "../../compiler/common/option-text.ts";
import { UsageError } from "../../compiler/common/usage-error.ts";
import { noRuns, runUnlisted, unknownRunColumn } from "../../compiler/diagnostics/catalog/many-runs.ts";
import { DiagnosticError, diagnose, messageOf, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { metricOf, titlesOf } from "../../compiler/middle/metrics/registry.ts";
import { positionText } from "../../compiler/train/state.ts";
import { suggest } from "../../grammar/closest-word.ts";
import { fileProblem, isOfSystem } from "../files/file-problem.ts";
import { unreadableFile } from "../files/unreadable.ts";
import { flat } from "../run/compare-runs.ts";
import { runFiles } from "../run/run-folder.ts";
import { type RunSummary, type SplitMetrics, summaryOf } from "../run/run-summary.ts";
import { tellDiagnostics, throwIfStopped, type Watch } from "./events.ts";
import { type SeedSpread, spreadOf } from "./spread.ts";

/** How to filter and sort runs. */
export interface ListOptions extends Watch {
  /** Conditions that a run must meet, all of them: `valid.auc>=0.8`, `settings.batch=256`, `model!=wide`. */
  readonly filter?: readonly string[];
  /** The column to sort by. By default the first metric on validation rows; the names if there is none. */
  readonly sort?: string;
  /** Reverses the order. By default a metric has the best run first, everything else the lowest value. */
  readonly reverse?: boolean;
}

export type RunValue = string | number | boolean | null;

export interface ListedRun extends RunSummary {
  /** Its folder, relative to the one that was searched. */
  readonly run: string;
  /**
   * Everything known about it, by column: `run`, `model`, `variant_of`, `params.rate`, `settings.batch`,
   * `data`, `epoch`, `valid.auc`, `test.auc` (`valid.click.auc` where there are several predictions),
   * `before.auc` on its own training rows before the first step, `since` and `until` of these, `train_rows`,
   * `seconds`, `samples_per_second`, `written`, `dinc`.
   */
  readonly columns: ReadonlyMap<string, RunValue>;
}

export interface ListedRuns {
  readonly folder: string;
  /** In their order. */
  readonly runs: readonly ListedRun[];
  /** The number of runs, including those that a filter left out. */
  readonly of: number;
  /** The column that they are sorted by. */
  readonly sortedBy: string;
  /** The runs of each training with several seeds among them. */
  readonly seeds: readonly SeedRuns[];
}

/** The runs that `dinc train --seeds` left in a folder. */
export interface SeedRuns {
  /** Relative to the one that was searched; `.` if it is that. */
  readonly folder: string;
  readonly runs: number;
  /** By column of a metric. */
  readonly metrics: Readonly<Record<string, SeedSpread>>;
}

/** How deep nested folders are searched. */
const DEEPEST = 5;

/**
 * The runs in a folder and up to five levels below it. A damaged run is left out with a warning. Throws
 * DiagnosticError if there is none or no run has a requested column, and UsageError for an invalid filter.
 */
export async function listRuns(folder: string, options: ListOptions = {}): Promise<ListedRuns> {
  const { filter = [], reverse = false } = options;
  const conditions = filter.map(conditionOf);
  const found: ListedRun[] = [];
  for (const path of await runsIn(folder, DEEPEST)) {
    throwIfStopped(options);
    try {
      found.push(listed(relative(folder, path) || ".", await summaryOf(path)));
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      const reason = messageOf(error.diagnostics[0]!);
      tellDiagnostics([diagnose(runUnlisted, { path, reason }, noLocation)], options);
    }
  }
  if (found.length === 0) throw new DiagnosticError([diagnose(noRuns, { path: folder }, noLocation)]);
  const known = columnsOf(found);
  for (const { column, text } of conditions) requireColumn(column, option("filter", text), known);
  if (options.sort !== undefined) requireColumn(options.sort, option("sort"), known);
  const sortedBy = options.sort ?? known.find((column) => column.startsWith("valid.")) ?? "run";
  const runs = found.filter((run) => conditions.every((condition) => condition.holds(run)));
  const isHigherFirst = isBetterHigher(sortedBy, found);
  const ordered = runs.sort((a, b) => inOrder(a, b, sortedBy, isHigherFirst !== reverse));
  return { folder, runs: ordered, of: found.length, sortedBy, seeds: seedRunsIn(ordered) };
}

function seedRunsIn(runs: readonly ListedRun[]): SeedRuns[] {
  const seeded = runs.filter(({ run }) => /^seed-\d+$/.test(basename(run)));
  const folders = [...new Set(seeded.map(({ run }) => dirname(run)))].sort();
  return folders.flatMap((folder) => {
    const own = seeded.filter(({ run }) => dirname(run) === folder);
    if (own.length < 2) return [];
    const metrics = columnsOf(own).flatMap((column) => {
      const values = own.map(({ columns }) => columns.get(column));
      const numbers = values.filter((value) => typeof value === "number");
      return /^(valid|test)\./.test(column) && numbers.length > 0
        ? [[column, spreadOf(numbers)] as const]
        : [];
    });
    return [{ folder, runs: own.length, metrics: Object.fromEntries(metrics) }];
  });
}

/** Every column that one of them has, in a readable order. */
export function columnsOf(runs: readonly ListedRun[]): string[] {
  return [...new Set(runs.flatMap(({ columns }) => [...columns.keys()]))];
}

/** The folders that have the files of a run. */
async function runsIn(folder: string, levels: number): Promise<string[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    // A folder below may be unreadable for others than its owner; it is skipped.
    if (!isOfSystem(error)) throw error;
    if (levels < DEEPEST) return [];
    if (error.code === "ENOTDIR")
      throw new DiagnosticError([diagnose(noRuns, { path: folder, isFile: true }, noLocation)]);
    throw new DiagnosticError([unreadableFile(folder, fileProblem(error))]);
  }
  const names = entries.map(({ name }) => name);
  if (names.includes(runFiles.manifest) && names.includes(runFiles.spec)) return [folder];
  if (levels === 0) return [];
  const found: string[] = [];
  const below = entries.filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith(".") && entry.name !== "node_modules",
  );
  for (const { name } of below.sort((a, b) => (a.name < b.name ? -1 : 1)))
    found.push(...(await runsIn(join(folder, name), levels - 1)));
  return found;
}

function listed(run: string, summary: RunSummary): ListedRun {
  const { model, parent, params, settings, epoch, valid, test, trainRows, data, written, dinc } = summary;
  const { before, window, interrupted } = summary;
  const { metrics: _, ...trained } = settings;
  const columns = new Map<string, RunValue>([
    ["run", run],
    ["model", model],
    ...(parent === null ? [] : [["variant_of", parent] as const]),
    ...Object.entries(params).map(([name, value]): [string, RunValue] => [
      `params.${name}`,
      typeof value === "object" ? `[${value.join(", ")}]` : value,
    ]),
    ...[...flat(trained, "settings.")].map(([name, text]): [string, RunValue] => [name, settingValue(text)]),
    ["data", data],
    ["epoch", epoch],
    ...(interrupted === null ? [] : [["stopped", positionText(interrupted)] as const]),
    ...metricColumns("valid", valid),
    ...metricColumns("test", test),
    ...metricColumns("before", before),
    ...(window === null ? [] : [["since", window.since] as const, ["until", window.until] as const]),
    ["train_rows", trainRows],
    ["seconds", summary.seconds],
    ["samples_per_second", summary.samplesPerSecond],
    ["written", written.toISOString()],
    ["dinc", dinc],
  ]);
  return { run, columns, ...summary };
}

function metricColumns(split: string, measured: SplitMetrics): [string, RunValue][] {
  const predictions = Object.entries(measured);
  return predictions.flatMap(([prediction, values]) =>
    Object.entries(values).map(([metric, value]): [string, RunValue] => [
      predictions.length === 1 ? `${split}.${metric}` : `${split}.${prediction}.${metric}`,
      value,
    ]),
  );
}

/** Converts the text of a setting to its value. */
function settingValue(text: string): RunValue {
  return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

function requireColumn(column: string, option: OptionText, known: readonly string[]): void {
  if (known.includes(column)) return;
  const near = suggest(column, known) ?? known.find((each) => each.endsWith(`.${column}`)) ?? null;
  const { helps } = unknownRunColumn;
  const help = near === null ? helps.available(known) : helps.didYouMean(near);
  throw new DiagnosticError([diagnose(unknownRunColumn, { column, option }, noLocation, { help })]);
}

/** Tells whether the best value of a column is the highest, which is only true for metrics. */
function isBetterHigher(column: string, runs: readonly ListedRun[]): boolean {
  const title = /^(?:valid|test|before)\.(.*)$/.exec(column)?.[1];
  if (title === undefined) return false;
  for (const { settings } of runs) {
    const titles = titlesOf(settings.metrics);
    const place = titles.findIndex((each) => title === each || title.endsWith(`.${each}`));
    if (place >= 0) return metricOf(settings.metrics[place]!).better === "higher";
  }
  return false;
}

/** Runs without a value come last in both orders; equal ones are sorted by their names. */
function inOrder(a: ListedRun, b: ListedRun, column: string, isHigherFirst: boolean): number {
  const [x, y] = [a.columns.get(column) ?? null, b.columns.get(column) ?? null];
  const byName = a.run < b.run ? -1 : 1;
  if (x === null || y === null) return x === y ? byName : x === null ? 1 : -1;
  if (x === y) return byName;
  const isLess = typeof x === typeof y ? x < y : String(x) < String(y);
  return isLess === isHigherFirst ? 1 : -1;
}

interface Condition {
  readonly text: string;
  readonly column: string;
  readonly holds: (run: ListedRun) => boolean;
}

const CONDITION = /^([^=<>!]+)(<=|>=|!=|=|<|>)(.*)$/s;

function conditionOf(text: string): Condition {
  const [column, operator, wanted] = (CONDITION.exec(text) ?? []).slice(1).map((part) => part.trim());
  if (!column || operator === undefined || !wanted)
    throw new UsageError(
      wording`${option("filter", text)}: write a column, one of = != < <= > >=, and a value: ${option("filter", "valid.auc>=0.8")}`,
    );
  const number = Number(wanted);
  if (operator.startsWith("<") || operator.startsWith(">"))
    if (!Number.isFinite(number))
      throw new UsageError(
        wording`${option("filter", text)}: ${operator} compares numbers, and \`${wanted}\` is none`,
      );
  const holds = (run: ListedRun): boolean => {
    const value = run.columns.get(column) ?? null;
    switch (operator) {
      case "=":
        return isSame(value, wanted);
      case "!=":
        return !isSame(value, wanted);
      case "<":
        return typeof value === "number" && value < number;
      case "<=":
        return typeof value === "number" && value <= number;
      case ">":
        return typeof value === "number" && value > number;
      default:
        return typeof value === "number" && value >= number;
    }
  };
  return { text, column, holds };
}

/** `[64,32]` is `[64, 32]`. */
function isSame(value: RunValue, wanted: string): boolean {
  if (typeof value === "number") return value === Number(wanted);
  const plain = (text: string) => text.replaceAll(/,\s+/g, ",");
  return value !== null && plain(String(value)) === plain(wanted);
}
