// Draws the norms of a table's rows: their distribution, and their relation to the frequency of ids.

import { html, type Markup } from "./markup.ts";
import type { TableNorms } from "./norms.ts";
import { panel } from "./page.ts";
import { chart, colour, Plot } from "./plot.ts";

/** Enough dots for a picture, and few bytes. */
const MOST_DOTS = 400;
const MOST_BINS = 24;

export function normFigure({ table, width, trained, norms, counts }: TableNorms): Markup {
  if (norms.length === 0)
    return panel(table, html`<p class="none">The training rows have none of its ids.</p>`);
  const name = `${table}, ${width} wide${trained ? "" : ", frozen"}`;
  const high = Math.max(...norms) * 1.04 || 1;
  const y = { domain: [0, high] } as const;
  const spread = chart(`How the norms of ${table} are spread`, {
    height: 200,
    width: 110,
    marginLeft: 10,
    marginRight: 6,
    x: { axis: null },
    y: { ...y, axis: null },
    marks: [
      Plot.rectX(bins(norms, high), {
        x1: 0,
        x2: "share",
        y1: "low",
        y2: "high",
        fill: colour.first,
        fillOpacity: 0.55,
        insetTop: 0.5,
      }),
      Plot.ruleX([0], { stroke: colour.ink }),
    ],
  });
  const least = Math.min(...counts);
  const times: [number, number] = [least, Math.max(...counts, least + 1)];
  const points = Array.from({ length: Math.min(MOST_DOTS, norms.length) }, (_, i) => ({
    count: counts[i]!,
    norm: norms[i]!,
  }));
  const against = chart(`Norms of ${table} against how often the training rows have the id`, {
    height: 200,
    width: 228,
    marginLeft: 40,
    x: { type: "log", domain: times },
    y,
    marks: [
      Plot.gridY({ stroke: colour.rule, strokeOpacity: 1, ticks: 4 }),
      // Formatted here, because Plot would drop labels at ticks that it finds irregular on a logarithmic
      // scale.
      Plot.axisX(powers(times), {
        tickSize: 4,
        text: short,
        label: "times seen",
        labelAnchor: "center",
        labelArrow: "none",
      }),
      Plot.axisY({ ticks: 4, tickSize: 0, label: null }),
      Plot.dot(points, {
        x: "count",
        y: "norm",
        r: points.length < 80 ? 2.2 : 1.4,
        fill: colour.first,
        fillOpacity: points.length < 80 ? 0.75 : 0.4,
      }),
      Plot.lineY(medians(norms, counts), { x: "count", y: "norm", stroke: colour.second, strokeWidth: 1.8 }),
    ],
  });
  return panel(name, html`<div class="joined">${against}${spread}</div>`);
}

function bins(norms: Float64Array, high: number): { low: number; high: number; share: number }[] {
  const width = high / MOST_BINS;
  const rows = new Float64Array(MOST_BINS);
  for (const norm of norms) rows[Math.min(MOST_BINS - 1, Math.floor(norm / width))]! += 1;
  return [...rows].map((count, i) => ({
    low: i * width,
    high: (i + 1) * width,
    share: count / norms.length,
  }));
}

/** For twelve groups of ids, equal in size: the median norm at the median count. */
function medians(norms: Float64Array, counts: Float64Array): { count: number; norm: number }[] {
  const order = [...norms.keys()].sort((a, b) => counts[a]! - counts[b]!);
  const parts = Math.min(12, Math.floor(order.length / 20));
  // A line needs two points.
  if (parts < 2) return [];
  const byCount = new Map<number, number[]>();
  for (let part = 0; part < parts; part++) {
    const own = order.slice(
      Math.floor((part * order.length) / parts),
      Math.floor(((part + 1) * order.length) / parts),
    );
    const count = median(own.map((i) => counts[i]!));
    byCount.set(count, [...(byCount.get(count) ?? []), ...own.map((i) => norms[i]!)]);
  }
  return [...byCount].map(([count, own]) => ({ count, norm: median(own) }));
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** 1, 10, 100 …, at most five; the ends themselves if there are fewer than two powers between them. */
function powers([low, high]: readonly [number, number]): number[] {
  const [first, last] = [Math.ceil(Math.log10(low)), Math.floor(Math.log10(high))];
  if (last <= first) return [low, high];
  const all = Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
  const step = Math.ceil(all.length / 5);
  return all.filter((_, i) => i % step === 0);
}

function short(count: number): string {
  if (count >= 1e6) return `${Number((count / 1e6).toPrecision(3))} M`;
  return count >= 1e3 ? `${Number((count / 1e3).toPrecision(3))} k` : String(count);
}
