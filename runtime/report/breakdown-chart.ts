// Draws the AUC by bucket: a dot and its interval for each, beside the number of rows. Buckets with one class
// only are marked.

import { formatCount } from "../../compiler/common/format-count.ts";
import type { Breakdown, Bucket } from "./breakdown.ts";
import { html, type Markup } from "./markup.ts";
import { panel } from "./page.ts";
import { around, chart, colour, Plot } from "./plot.ts";

const ROW = 24;

/**
 * `prefix` names the prediction if there are several; `overall` is the AUC of all these rows, NaN if it is
 * undefined.
 */
export function breakdownFigure(prefix: string, { title, buckets }: Breakdown, overall: number): Markup {
  const known = buckets.filter(({ auc }) => Number.isFinite(auc));
  const heading = `${prefix}AUC by ${title}`;
  if (known.length === 0)
    return panel(
      heading,
      html`<p class="none">The rows of each bucket are of one class only: no AUC is defined.</p>`,
    );
  const ends = known.flatMap(({ auc, interval }) => [auc, interval?.low ?? auc, interval?.high ?? auc]);
  const domain = around(Number.isFinite(overall) ? [...ends, overall] : ends);
  const longest = Math.max(...buckets.map(({ name }) => name.length));
  const name = { y: "name" } as const;
  const svg = chart(`${heading}: ${known.map(described).join("; ")}`, {
    height: buckets.length * ROW + 56,
    marginLeft: Math.min(120, 14 + 6.4 * longest),
    marginRight: 118,
    marginTop: 22,
    x: { domain },
    y: { domain: buckets.map((bucket) => bucket.name), type: "point", padding: 0.6 },
    marks: [
      Plot.gridX({ stroke: colour.rule, strokeOpacity: 1, ticks: 3 }),
      ...(Number.isFinite(overall)
        ? [Plot.ruleX([overall], { stroke: colour.quiet, strokeDasharray: "3,3" })]
        : []),
      Plot.axisX({ ticks: 3, tickSize: 0, label: "AUC", labelAnchor: "center", labelArrow: "none" }),
      Plot.axisY({ tickSize: 0, label: null }),
      Plot.ruleY(
        known.filter(({ interval }) => interval !== null),
        {
          ...name,
          x1: (bucket: Bucket) => bucket.interval!.low,
          x2: (bucket: Bucket) => bucket.interval!.high,
          stroke: colour.first,
          strokeWidth: 1.6,
        },
      ),
      Plot.dot(known, { ...name, x: "auc", r: 3.2, fill: colour.first }),
      Plot.text(buckets, {
        ...name,
        frameAnchor: "right",
        textAnchor: "end",
        dx: 58,
        text: ({ rows }: Bucket) => formatCount(rows),
      }),
      Plot.text(buckets, {
        ...name,
        frameAnchor: "right",
        textAnchor: "end",
        dx: 112,
        text: ({ clicks, rows }: Bucket) => shareOf(clicks, rows),
      }),
      Plot.text(
        buckets.filter(({ auc }) => !Number.isFinite(auc)),
        {
          ...name,
          frameAnchor: "left",
          textAnchor: "start",
          dx: 4,
          fill: colour.quiet,
          text: () => "one class: no AUC",
        },
      ),
      Plot.text(["rows"], {
        frameAnchor: "top-right",
        textAnchor: "end",
        dx: 58,
        dy: -16,
        fill: colour.quiet,
      }),
      Plot.text(["positive"], {
        frameAnchor: "top-right",
        textAnchor: "end",
        dx: 112,
        dy: -16,
        fill: colour.quiet,
      }),
    ],
  });
  return panel(heading, svg);
}

function shareOf(clicks: number, rows: number): string {
  const percent = (100 * clicks) / rows;
  return `${percent.toFixed(percent < 10 ? 1 : 0)}%`;
}

function described({ name, auc, rows }: Bucket): string {
  return `${name}: ${auc.toFixed(3)} of ${rows} rows`;
}
