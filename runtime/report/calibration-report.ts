// Writes calibration.html: the effect of `dinc calibrate`, as reliability diagrams and numbers before and
// after. Like report.html, it contains no script and loads nothing.

import { formatCount } from "../../compiler/common/format-count.ts";
import type { CalibrationMethod } from "../../compiler/middle/calibration/curve.ts";
import { type CalibratedLogits, calibrationMeasures } from "../../compiler/middle/calibration/measures.ts";
import type { Metric } from "../../compiler/middle/metrics/registry.ts";
import { calibrationOf } from "./calibration.ts";
import { calibrationFigure } from "./calibration-chart.ts";
import { html, type Markup } from "./markup.ts";
import { figure, page, paragraph, section, table } from "./page.ts";
import { RESAMPLES } from "./resampled.ts";

export interface CalibrationPage {
  readonly model: string;
  readonly method: CalibrationMethod;
  readonly by: string | null;
  /** The name of the rows. */
  readonly path: string;
  readonly metrics: readonly Metric[];
  /** The feature that identifies users; null if no metric names one. */
  readonly users: string | null;
  readonly seed: number;
  readonly predictions: readonly CalibratedLogits[];
}

const methodWords: Readonly<Record<CalibrationMethod, string>> = {
  platt: "Platt's scaling: a slope and a shift of the logit",
  isotonic: "isotonic regression: a rising curve of the logit",
};

export async function calibrationReport(shown: CalibrationPage): Promise<string> {
  const sections: Markup[] = [];
  for (const each of shown.predictions) sections.push(await predictionSection(each, shown));
  return page(shown.model, [header(shown), ...sections], "calibration");
}

function header({ model, method, by, path, predictions }: CalibrationPage): Markup {
  const facts: readonly (readonly [string, string])[] = [
    ["Fitted on", `${formatCount(predictions[0]?.labels.length ?? 0)} rows: ${path}`],
    ["Method", methodWords[method]],
    ...(by === null ? [] : ([["Curves by", by]] as const)),
  ];
  return html`<header>
<p class="kind">Calibration</p>
<h1>${model}</h1>
<dl>
${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}
</dl>
</header>`;
}

async function predictionSection(
  { label, labels, before, after, expected, users: of, segments }: CalibratedLogits,
  { metrics, users: by, seed }: CalibrationPage,
): Promise<Markup> {
  const users = by === null || of === null ? null : { by, of };
  const figures = [];
  for (const [title, logits] of [
    ["Before", before],
    ["After, each row by curves fitted without it", expected],
  ] as const)
    figures.push(
      calibrationFigure(title, await calibrationOf(metrics, { logits, labels, weights: null, users, seed })),
    );
  const lines = (
    [
      ["before", before],
      ["after", after],
      ["expected of new rows", expected],
    ] as const
  ).map(([name, logits]) => {
    const { logLoss, ne, ratio, ece } = calibrationMeasures(logits, labels);
    return [name, ...[logLoss, ne, ratio, ece].map((value) => value.toFixed(5))];
  });
  const own =
    segments === null
      ? ""
      : `${formatCount(segments.own)} of ${formatCount(segments.all)} values have rows enough for a curve of their own. `;
  const intervals =
    users === null
      ? "No intervals: no metric of the spec names the users."
      : `Bars are the middle 95\u00a0% of ${RESAMPLES} resamples of the users (${users.by}).`;
  return section(
    label,
    label,
    table(["", "log loss", "normalised entropy", "predicted / observed", "ECE"], lines),
    paragraph(
      `${own}The line “after” is about the rows that curves were fitted on. “Expected of new rows” is about each fifth of the ${users === null ? "rows" : "users"}, by curves that were fitted on the other four.`,
    ),
    figure(figures, "On the broken line, predicted and observed frequencies are equal. ", intervals),
  );
}
