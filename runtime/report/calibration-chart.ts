// Draws the reliability diagram: predicted probability against observed click rate.

import { formatCount } from "../../compiler/common/format-count.ts";
import type { CalibrationReport } from "./calibration.ts";
import { html, type Markup } from "./markup.ts";
import { panel, table } from "./page.ts";
import { chart, colour, Plot } from "./plot.ts";

/** `title` names the prediction if there are several. */
export function calibrationFigure(title: string, { bins, error }: CalibrationReport): Markup {
  if (bins.length === 0)
    return panel(title, html`<p class="none">A prediction isn't a number, so none can be judged.</p>`);
  const values = bins.flatMap(({ predicted, observed, interval }) => [
    predicted,
    observed,
    interval?.high ?? observed,
    interval?.low ?? observed,
  ]);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = (high - low) / 20 || 0.02;
  const domain: [number, number] = [Math.max(0, low - margin), Math.min(1, high + margin)];
  const points = bins.map(({ predicted, observed, interval }) => ({
    predicted,
    observed,
    low: interval?.low ?? observed,
    high: interval?.high ?? observed,
  }));
  const description = `${title}: mean predicted probability against the share of clicks, by bin`;
  const svg = diagonalChart(description, points, domain, digitsOf(domain));
  const digits = Math.min(6, Math.max(3, 2 + Math.ceil(-Math.log10(high || 1))));
  const text = (share: number) => share.toFixed(digits);
  const hasIntervals = bins.some(({ interval }) => interval !== null);
  const rows = bins.map(({ highest, rows, predicted, observed, interval }) => [
    text(highest),
    formatCount(rows),
    text(predicted),
    text(observed),
    ...(hasIntervals ? [interval === null ? "" : `${text(interval.low)}–${text(interval.high)}`] : []),
  ]);
  const head = ["up to", "rows", "predicted", "observed", ...(hasIntervals ? ["95 % interval"] : [])];
  return html`<div class="pair">${panel(`${title}: ECE ${error.toFixed(4)}`, svg)}${table(head, rows)}</div>`;
}

/** Formats percentages with enough digits to distinguish the ticks. */
function digitsOf([low, high]: readonly [number, number]): (share: number) => string {
  const digits = Math.max(0, Math.ceil(-Math.log10((high - low) * 100)) + 1);
  return (share) => `${(100 * share).toFixed(digits)}%`;
}

interface Point {
  readonly predicted: number;
  readonly observed: number;
  /** The interval of the observed rate. */
  readonly low: number;
  readonly high: number;
}

/** Draws points with a dashed diagonal, on which the observed value equals the predicted one. */
export function diagonalChart(
  description: string,
  points: readonly Point[],
  domain: [number, number],
  tickFormat: (value: number) => string,
): Markup {
  const axis = { domain, ticks: 5, tickFormat, labelArrow: "none" } as const;
  return chart(description, {
    height: 310,
    marginLeft: 46,
    marginRight: 18,
    marginBottom: 38,
    x: axis,
    y: axis,
    marks: [
      Plot.gridX({ stroke: colour.rule, strokeOpacity: 1, ticks: 5 }),
      Plot.gridY({ stroke: colour.rule, strokeOpacity: 1, ticks: 5 }),
      Plot.axisX({
        ticks: 5,
        tickFormat,
        tickSize: 0,
        label: "predicted",
        labelAnchor: "center",
        labelArrow: "none",
      }),
      Plot.axisY({ ticks: 5, tickFormat, tickSize: 0, label: null }),
      Plot.line(
        [domain, domain].map(([from, to], i) => (i === 0 ? [from, from] : [to, to])),
        {
          stroke: colour.quiet,
          strokeDasharray: "3,3",
        },
      ),
      Plot.ruleX(points, { x: "predicted", y1: "low", y2: "high", stroke: colour.first, strokeWidth: 1.4 }),
      Plot.dot(points, { x: "predicted", y: "observed", r: 2.6, fill: colour.first }),
    ],
  });
}
