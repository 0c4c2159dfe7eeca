// Draws charts as static SVG with Observable Plot, without a browser. Colours are custom properties of the
// page's style sheet, so they follow light and dark. Loaded only when a report is written.

import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom/worker";
import { clipped, columnsOf } from "../../compiler/tools/views/words.ts";
import { Markup, shownText } from "./markup.ts";

export { Plot };

/** In pixels: one chart fits the screen of a phone, and two fit next to each other on a page. */
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

/** `description` is the text for screen readers. */
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
  // The page's style sheet styles all charts.
  drawn.querySelector("style")?.remove();
  return Markup.trusted(drawn.outerHTML.replace("<svg ", '<svg role="img" '));
}

/** The part of `text` that fits into `columns` of a fixed-width font; a proportional font needs less. */
export function fitting(text: string, columns: number): string {
  let short = clipped(shownText(text), columns);
  while (columnsOf(short) > columns) short = `${[...short].slice(0, -2).join("")}…`;
  return short;
}

/** Ticks at whole numbers, at most `most`, including the first and the last. */
export function wholeTicks(low: number, high: number, most: number): number[] {
  const step = Math.max(1, Math.ceil((high - low) / (most - 1)));
  const ticks: number[] = [];
  for (let tick = low; tick <= high - step / 2; tick += step) ticks.push(tick);
  return [...ticks, high];
}

/** A domain around `values` with a margin of one twentieth at both ends. */
export function around(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = (high - low) / 20 || Math.abs(low) / 20 || 0.05;
  return [low - margin, high + margin];
}
