// Draws predictions of amounts against the observed values: the means of each tenth of the rows, and the
// spread of the errors.

import { formatCount } from "../../compiler/common/format-count.ts";
import { formatNumber } from "../../compiler/data/checks.ts";
import type { AmountFindings } from "./amounts.ts";
import { diagonalChart } from "./calibration-chart.ts";
import { html, type Markup } from "./markup.ts";
import { panel, table } from "./page.ts";
import { around, chart, colour, Plot } from "./plot.ts";

/** `prefix` names the prediction if there are several. */
export function amountFigure(prefix: string, { bins, rmse }: AmountFindings): Markup {
  const title = `${prefix}${prefix === "" ? "O" : "o"}bserved against predicted: RMSE ${formatNumber(rmse)}`;
  if (bins.length === 0)
    return panel(title, html`<p class="none">A prediction isn't a number, so none can be judged.</p>`);
  const points = bins.map(({ predicted, observed, interval }) => ({
    ...{ predicted, observed },
    ...{ low: interval?.low ?? observed, high: interval?.high ?? observed },
  }));
  const ends = points.flatMap(({ predicted, low, high }) => [predicted, low, high]);
  const svg = diagonalChart(`${title}; means of tenths of the rows`, points, around(ends), axisText);
  const hasIntervals = bins.some(({ interval }) => interval !== null);
  const rows = bins.map(({ highest, rows: count, predicted, observed, interval, errors }) => [
    ...[
      formatNumber(highest),
      formatCount(Math.round(count)),
      formatNumber(predicted),
      formatNumber(observed),
    ],
    ...(hasIntervals
      ? [interval === null ? "" : `${formatNumber(interval.low)}–${formatNumber(interval.high)}`]
      : []),
    ...[errors.low, errors.middle, errors.high].map(formatNumber),
  ]);
  const head = [
    ...["up to", "rows", "predicted", "observed", ...(hasIntervals ? ["95 % interval"] : [])],
    ...["error: 10 %", "50 %", "90 %"],
  ];
  return html`<div class="pair">${panel(title, svg)}${panel(`${prefix}${prefix === "" ? "E" : "e"}rrors by prediction`, errorChart(bins))}${table(head, rows)}</div>`;
}

function errorChart(bins: AmountFindings["bins"]): Markup {
  const spread = bins.map(({ predicted, errors }) => ({ predicted, ...errors }));
  const said = spread.map(({ predicted, middle }) => `${formatNumber(predicted)}: ${formatNumber(middle)}`);
  return chart(`label − prediction by prediction, its median in each tenth of the rows: ${said.join("; ")}`, {
    height: 310,
    marginLeft: 46,
    marginRight: 18,
    marginBottom: 38,
    x: { domain: around(spread.map(({ predicted }) => predicted)) },
    y: { domain: around(spread.flatMap(({ low, high }) => [0, low, high])) },
    marks: [
      Plot.gridY({ stroke: colour.rule, strokeOpacity: 1, ticks: 5 }),
      Plot.axisX({
        ...{ ticks: 5, tickFormat: axisText, tickSize: 0 },
        ...{ label: "predicted", labelAnchor: "center", labelArrow: "none" },
      }),
      Plot.axisY({ ticks: 5, tickFormat: axisText, tickSize: 0, label: null }),
      Plot.ruleY([0], { stroke: colour.quiet, strokeDasharray: "3,3" }),
      Plot.ruleX(spread, { x: "predicted", y1: "low", y2: "high", stroke: colour.first, strokeWidth: 1.4 }),
      Plot.dot(spread, { x: "predicted", y: "middle", r: 2.6, fill: colour.first }),
    ],
  });
}

function axisText(value: number): string {
  return String(Number(value.toPrecision(3)));
}
