// Charts as static SVG, drawn by Observable Plot on a document without a browser. Colours are those of the page's style
// sheet, by custom property, so that they follow light and dark. Loaded only when a report is written.

import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { clipped, columnsOf } from "../../compiler/tools/views/words.ts";
import { Markup, shownText } from "./markup.ts";

export { Plot };

/** In pixels: a chart fits a phone as it is, and two stand side by side on a page. */
export const WIDTH = 340;

/** Custom properties of the page's style sheet. */
export const colour = {
  ink: "var(--ink)",
  quiet: "var(--quiet)",
  rule: "var(--rule)",
  first: "var(--first)",
  second: "var(--second)",
} as const;

const { document } = parseHTML("<!doctype html><html><body></body></html>");

/** `description` is what a screen reader says. */
export function chart(description: string, options: Plot.PlotOptions): Markup {
  const drawn: { readonly outerHTML: string; querySelector(selector: string): { remove(): void } | null } =
    Plot.plot({
      document,
      width: WIDTH,
      marginTop: 10,
      marginRight: 14,
      marginBottom: 34,
      className: "plot",
      ariaLabel: shownText(description),
      ...options,
    });
  // The page has a style of its own for all charts.
  drawn.querySelector("style")?.remove();
  return Markup.trusted(drawn.outerHTML.replace("<svg ", '<svg role="img" '));
}

/** As much of `text` as fits `columns` of a fixed-width font; a proportional one takes less. */
export function fitting(text: string, columns: number): string {
  let short = clipped(shownText(text), columns);
  while (columnsOf(short) > columns) short = `${[...short].slice(0, -2).join("")}…`;
  return short;
}

/** Ticks at whole numbers, at most `most` and first and last among them. */
export function wholeTicks(low: number, high: number, most: number): number[] {
  const step = Math.max(1, Math.ceil((high - low) / (most - 1)));
  const ticks: number[] = [];
  for (let tick = low; tick <= high - step / 2; tick += step) ticks.push(tick);
  return [...ticks, high];
}

/** A domain around `values` that leaves a twentieth at both ends. */
export function around(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = (high - low) / 20 || Math.abs(low) / 20 || 0.05;
  return [low - margin, high + margin];
}
