// Summarises the cost of a model in the few numbers that an editor shows above it.

import { formatCount } from "../../common/format-count.ts";
import type { Model } from "../../frontend/model/model.ts";
import { cost } from "../cost/cost.ts";
import { defaultRequest } from "../cost/default-request.ts";

export interface CostSummary {
  /** The number of trained weights outside tables. */
  readonly weights: number;
  /** The tables with a known number of rows. */
  readonly tableRows: number;
  readonly tableBytes: number;
  /** Whether some tables have a number of rows that only data determine. */
  readonly isOpen: boolean;
  /** FLOPs of a request: as trained, and compiled. */
  readonly before: number;
  readonly after: number;
}

/** Takes many times as long as checking the spec. */
export function costSummary(model: Model): CostSummary {
  const { parameters, tables, before, after } = cost(model);
  const sum = (numbers: readonly number[]) => numbers.reduce((all, each) => all + each, 0);
  return {
    weights: sum(parameters.filter(({ role }) => role === "weight").map(({ numbers }) => numbers)),
    tableRows: sum(tables.map(({ rows }) => rows ?? 0)),
    tableBytes: sum(tables.map(({ bytes }) => bytes ?? 0)),
    isOpen: tables.some(({ rows }) => rows === null),
    before: before.total,
    after: after.total,
  };
}

/**
 * Text such as `12,480 weights · tables: 1,002 rows, 64.1 kB, and learned ids · 283.2M → 31M FLOPs for 200
 * candidates`.
 */
export function costText({ weights, tableRows, tableBytes, isOpen, before, after }: CostSummary): string {
  const known = tableRows === 0 ? [] : [`${formatCount(tableRows)} rows`, bytes(tableBytes)];
  const tables = [...known, ...(isOpen ? [known.length === 0 ? "learned ids" : "and learned ids"] : [])];
  return [
    `${formatCount(weights)} weights`,
    ...(tables.length === 0 ? [] : [`tables: ${tables.join(", ")}`]),
    `${short(before)} → ${short(after)} FLOPs for ${defaultRequest.candidates} candidates`,
  ].join(" · ");
}

/** The difference in cost between a variant and its parent: `+1,024 weights · 31M → 44M FLOPs`. */
export function differenceText(own: CostSummary, parent: CostSummary): string {
  const parts = [
    signed(own.weights - parent.weights, formatCount, "weights"),
    signed(own.tableBytes - parent.tableBytes, bytes, "of tables"),
    own.after === parent.after ? null : `${short(parent.after)} → ${short(own.after)} FLOPs`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? "costs the same" : parts.join(" · ");
}

function signed(difference: number, shown: (size: number) => string, what: string): string | null {
  if (difference === 0) return null;
  return `${difference > 0 ? "+" : "−"}${shown(Math.abs(difference))} ${what}`;
}

function short(count: number): string {
  return count.toLocaleString("en", { notation: "compact", maximumFractionDigits: 1 });
}

function bytes(count: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let [left, unit] = [count, 0];
  for (; left >= 1000 && unit < units.length - 1; unit++) left /= 1000;
  return `${left.toLocaleString("en", { maximumFractionDigits: 1 })} ${units[unit]}`;
}
