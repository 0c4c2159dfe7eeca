// The words in drawings, for all formats.

import { displayLine } from "../../diagnostics/render/display.ts";
import { onlyHistoryOf } from "../../middle/graph/derived-axes.ts";
import type { ValueTime } from "./drawing.ts";

export const knownWords: Readonly<Record<ValueTime, string>> = {
  request: "once per request",
  history: "each step of the history, once per request",
  candidate: "each candidate",
  candidate_history: "each candidate × each step",
};

/**
 * Text such as `N × T × 32`, with N candidates and T steps; `(T + 1)` for an axis one step longer than its
 * history.
 */
export function shapeWords(shape: readonly string[]): string {
  return shape.map(sizeWords).join(" × ");
}

function sizeWords(size: string): string {
  if (size === "candidates") return "N";
  if (/^\d/.test(size)) return size;
  const of = onlyHistoryOf(size);
  if (of === null) return `(${size})`;
  return of.shift === 0 ? "T" : `(${size.replace(of.history, "T")})`;
}

const LONGEST = 36;

/**
 * The part of a text that fits into a node, on one line. The whole text is in the JSON and in the tooltip.
 */
export function clipped(text: string, most = LONGEST): string {
  const { text: shown } = displayLine(text);
  const signs = [...shown];
  return signs.length <= most ? shown : `${signs.slice(0, most - 1).join("")}…`;
}

/** The width in columns of a fixed-width font. */
export function columnsOf(text: string): number {
  return displayLine(text).columns.at(-1)!;
}
