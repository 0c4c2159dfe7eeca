// dinc cost SPEC|RUN: the cost of a model in parameters, in bytes of tables, and in operations per request.

import { stat } from "node:fs/promises";
import type { Fitted, Model } from "../../../compiler/frontend/model/model.ts";
import {
  type Cost,
  cost as costOf,
  type Flops,
  type ParameterCost,
} from "../../../compiler/tools/cost/cost.ts";
import { readModel } from "../../driver/read-spec.ts";
import { alignedLines, thousands } from "../../driver/text-table.ts";
import { exitCodes } from "../exit-codes.ts";
import { modelOptions, requireNone, type SpecOptions, specAt } from "../spec-options.ts";
import type { Terminal } from "../terminal.ts";
import { terminalWatch } from "../terminal-watch.ts";

export interface CostCommandOptions extends SpecOptions {
  readonly candidates: number;
  readonly history: number;
  readonly format: "pretty" | "json";
}

export async function cost(path: string, options: CostCommandOptions, terminal: Terminal): Promise<number> {
  const { model, fitted } = await modelAt(path, options, terminal);
  const found = costOf(model, { ...options, fitted });
  terminal.out(options.format === "json" ? json(model, found) : pretty(model, found));
  return exitCodes.clean;
}

async function modelAt(
  path: string,
  options: SpecOptions,
  terminal: Terminal,
): Promise<{ readonly model: Model; readonly fitted: Fitted | null }> {
  const isRun = (await stat(path).catch(() => null))?.isDirectory() ?? false;
  if (!isRun) {
    const wanted = { ...modelOptions(options), ...terminalWatch(terminal) };
    return { model: await readModel(await specAt(path), wanted), fitted: null };
  }
  const { openRun } = await import("../../run/open-run.ts");
  const { model, run } = await openRun(path);
  requireNone(options);
  return { model, fitted: run.fitted };
}

function json(model: Model, { steps, ...found }: Cost): string {
  return `${JSON.stringify({ version: 1, model: model.name, ...found, steps: Object.fromEntries(steps) }, null, 2)}\n`;
}

function pretty(model: Model, found: Cost): string {
  return [
    parametersText(model, found),
    tablesText(found),
    ...projectedText(found),
    ...softmaxText(found),
    ...pairsText(found),
    ...changedText(found),
    flopsText(found),
  ].join("\n");
}

function parametersText(model: Model, { parameters, onlyTrained }: Cost): string {
  const numbersOf = (role: string) =>
    parameters.filter((each) => each.role === role).reduce((sum, { numbers }) => sum + numbers, 0);
  const [weights, statistics] = [numbersOf("weight"), numbersOf("statistic")];
  const others = statistics === 0 ? "" : `, and ${thousands(statistics)} statistics of the rows`;
  const row = ({ name, dims, numbers }: ParameterCost) => [name, dims.join(" × "), thousands(numbers)];
  const rows = [...parameters.map(row), ...onlyTrained.map((each) => [...row(each), "in training only"])];
  return `${model.name}: ${thousands(weights)} weights outside of tables${others}\n${alignedLines(rows, new Set([1, 2]), "  ")}`;
}

function tablesText({ tables }: Cost): string {
  const known = tables.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  const open = tables.some(({ bytes }) => bytes === null);
  const rows = tables.map(({ name, width, rows: count, bytes, bytesPerThousandIds }) =>
    bytes === null || count === null
      ? [
          name,
          `${width} wide`,
          "rows learned from data",
          `${thousands(bytesPerThousandIds)} bytes`,
          "for 1,000 ids",
        ]
      : [name, `${width} wide`, `${thousands(count)} rows`, `${thousands(bytes)} bytes`, ""],
  );
  const more = open ? ", and what data decides (give a run for exact sizes)" : "";
  return `Tables: ${thousands(known)} bytes${more}\n${alignedLines(rows, new Set([1, 2, 3]), "  ")}`;
}

/** Describes the additional memory of compiled modules, which transform or copy some tables. */
function projectedText({ projected, copied }: Cost): string[] {
  if (projected.length === 0 && copied === 0) return [];
  const sum = projected.reduce((bytes, each) => bytes + each.bytes, 0);
  const rows = projected.map(({ name, width, bytes }) => [
    name,
    `${width} wide`,
    `${thousands(bytes)} bytes`,
  ]);
  return [
    `Projected tables: ${thousands(sum)} bytes${copied === 0 ? "" : `, and ${thousands(copied)} of tables beside them,`} once a module has loaded its weights (compile --projected-tables limits them)\n${alignedLines(rows, new Set([1, 2]), "  ")}`,
  ];
}

/** Describes losses over all rows of tables, which cost training more than anything else. */
function softmaxText({ softmaxes }: Cost): string[] {
  if (softmaxes.length === 0) return [];
  const rows = softmaxes.map(({ name, width, axis, flops, bytes }) => [
    name,
    `${width} wide`,
    flops === null ? "rows learned from data" : `${thousands(flops)} operations`,
    axis === null ? "for each row" : `for each step of ${axis}`,
    bytes === null ? "" : `${thousands(bytes)} bytes in a step`,
  ]);
  return [`Losses over all rows of tables, in training\n${alignedLines(rows, new Set([1, 2, 4]), "  ")}`];
}

/** Describes tables that change as a whole, whatever a batch has of them. */
function changedText({ changed }: Cost): string[] {
  if (changed.length === 0) return [];
  const rows = changed.map(({ name, width, bytes }) => [
    name,
    `${width} wide`,
    bytes === null ? "rows learned from data" : `${thousands(bytes)} bytes`,
  ]);
  return [
    `Tables that change as a whole, read and written in each step of training\n${alignedLines(rows, new Set([1, 2]), "  ")}`,
  ];
}

/** Describes pairs of steps, which fill memory where they are kept. */
function pairsText({ pairs }: Cost): string[] {
  if (pairs.length === 0) return [];
  const rows = pairs.map(({ axis, steps, bytes }) => [
    axis,
    `${thousands(steps)} steps`,
    bytes === 0 ? "none are kept" : `${thousands(bytes)} bytes for each row, and gradients in training`,
  ]);
  return [`Pairs of steps, in training and predictions\n${alignedLines(rows, new Set([1]), "  ")}`];
}

function flopsText({ before, after, size, steps }: Cost): string {
  const histories = [...steps].map(([name, count]) => `${count} steps of ${name}`);
  const request = [`${thousands(size.candidates)} candidates`, ...histories].join(", ");
  const row = (name: string, flops: Flops, note: string) => [
    name,
    thousands(flops.request),
    thousands(flops.candidate),
    thousands(flops.total),
    note,
  ];
  const ratio = after.total === 0 ? 1 : before.total / after.total;
  const table = alignedLines(
    [
      ["", "per request", "per candidate", "in all", ""],
      row("as trained", before, ""),
      row("compiled", after, ratio >= 1.05 ? `${ratio.toFixed(1)} times less` : ""),
    ],
    new Set([1, 2, 3]),
    "  ",
  );
  const shares = after.ops.map(({ op, flops }) => [
    op,
    thousands(flops),
    `${((100 * flops) / after.total).toFixed(1)} %`,
  ]);
  return `FLOPs of a request: ${request}\n${table}\nThe compiled ones by operation\n${alignedLines(shares, new Set([1, 2]), "  ")}`;
}
