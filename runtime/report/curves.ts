// Draws training curves: the loss by step, losses and metrics by epoch.

import type { Evaluation, Split } from "../../compiler/train/score.ts";
import type { EpochResult } from "../../compiler/train/state.ts";
import { html, type Markup } from "./markup.ts";
import { panel } from "./page.ts";
import { around, chart, colour, Plot, WIDTH, wholeTicks } from "./plot.ts";

/** The size of metric charts; three fit next to each other. */
const SMALL = { width: 220, height: 130, marginLeft: 42, marginBottom: 28, marginTop: 8 } as const;

/** The loss by step: a line through the means of at most a hundred parts of each epoch. */
export function lossCurve(epochs: readonly EpochResult[]): Markup | null {
  let before = 0;
  const points: { step: number; loss: number }[] = [];
  const ends: number[] = [];
  for (const { steps, curve } of epochs) {
    curve.forEach((loss, i) => {
      points.push({ step: before + ((i + 1) * steps) / curve.length, loss });
    });
    before += steps;
    ends.push(before);
  }
  if (points.length < 2) return null;
  // Drawn twice, because text must not shrink: the style sheet shows the drawing that fits.
  const drawn = (width: number) =>
    chart(`Training loss by step, ${epochs.length} epochs`, {
      width,
      height: 210,
      marginLeft: 48,
      x: { domain: [0, before] },
      y: { domain: around(points.map(({ loss }) => loss)) },
      marks: [
        Plot.axisX({
          ticks: Math.round(width / 110),
          label: "step",
          labelAnchor: "center",
          labelArrow: "none",
          tickSize: 4,
        }),
        Plot.gridY({ stroke: colour.rule, strokeOpacity: 1, ticks: 5 }),
        Plot.axisY({ ticks: 5, tickSize: 0, label: null }),
        Plot.ruleX(ends.length > 25 ? [] : ends.slice(0, -1), {
          stroke: colour.quiet,
          strokeDasharray: "1,3",
        }),
        Plot.lineY(points, { x: "step", y: "loss", stroke: colour.first, strokeWidth: 1.4 }),
      ],
    });
  const both = html`<div class="broad">${drawn(2 * WIDTH + 28)}</div><div class="narrow">${drawn(WIDTH)}</div>`;
  return panel("Training loss", both, "wide");
}

/** Small charts: one for each loss and each metric of each prediction, with a line for each split. */
export function epochCharts(epochs: readonly EpochResult[], kept: number): readonly Markup[] {
  if (epochs.length < 2) return [];
  const terms = [...epochs[0]!.terms.keys()];
  const losses = terms.map((name) => {
    const points = epochs.map(({ epoch, terms }) => ({ ...pointAt(epoch), value: terms.get(name)! }));
    return epochChart(`${name} loss`, [{ split: "train", points }], epochs.length, kept);
  });
  return [...losses, ...metricsOf(epochs).map((each) => metricChart(each, epochs, kept))];
}

interface EpochPoint {
  readonly epoch: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const pointAt = (epoch: number) => ({ epoch, low: Number.NaN, high: Number.NaN });

interface MetricName {
  readonly label: string;
  readonly title: string;
  /** Includes the prediction if there are several. */
  readonly name: string;
}

function metricsOf([first]: readonly EpochResult[]): readonly MetricName[] {
  const evaluations = first?.evaluations ?? [];
  const labels = [...new Set(evaluations.map(({ label }) => label))];
  return labels.flatMap((label) => {
    const own = evaluations.filter((evaluation) => evaluation.label === label);
    const titles = [...new Set(own.flatMap(({ values }) => Object.keys(values)))];
    return titles.map((title) => ({ label, title, name: labels.length > 1 ? `${label}: ${title}` : title }));
  });
}

function metricChart(
  { label, title, name }: MetricName,
  epochs: readonly EpochResult[],
  kept: number,
): Markup {
  const splits: readonly Split[] = ["train", "valid", "test"];
  const lines = splits.flatMap((split) => {
    const points = epochs.flatMap(({ epoch, evaluations }) => {
      const evaluation = evaluations.find((each) => each.label === label && each.split === split);
      return evaluation === undefined ? [] : [metricPoint(epoch, title, evaluation)];
    });
    return points.some(({ value }) => Number.isFinite(value)) ? [{ split, points }] : [];
  });
  return epochChart(name, lines, epochs.length, kept);
}

function metricPoint(epoch: number, title: string, { values, details }: Evaluation): EpochPoint {
  const interval = details[title]?.interval ?? null;
  return {
    epoch,
    value: values[title] ?? Number.NaN,
    low: interval?.low ?? Number.NaN,
    high: interval?.high ?? Number.NaN,
  };
}

function epochChart(
  name: string,
  lines: readonly { readonly split: Split; readonly points: readonly EpochPoint[] }[],
  epochs: number,
  kept: number,
): Markup {
  const all = lines.flatMap(({ points }) => points);
  const numbers = all.flatMap(({ value, low, high }) => [value, low, high]).filter(Number.isFinite);
  if (numbers.length === 0) return panel(name, html`<p class="none">no value in any epoch</p>`);
  const several = lines.length > 1;
  const colours = new Map(
    lines.map(({ split }, i) => [split, i === lines.length - 1 ? colour.first : colour.second]),
  );
  const svg = chart(`${name} by epoch`, {
    ...SMALL,
    marginRight: several ? 34 : 12,
    x: { domain: [1, epochs] },
    y: { domain: around(numbers) },
    marks: [
      Plot.gridY({ stroke: colour.rule, strokeOpacity: 1, ticks: 3 }),
      Plot.axisX(wholeTicks(1, epochs, 5), {
        label: null,
        tickSize: 4,
        tickFormat: (epoch: number) => String(epoch),
      }),
      Plot.axisY({ ticks: 3, tickSize: 0, label: null }),
      ...lines.flatMap(({ split, points }) => [
        Plot.ruleX(
          points.filter(({ low }) => Number.isFinite(low)),
          {
            x: "epoch",
            y1: "low",
            y2: "high",
            stroke: colours.get(split)!,
            strokeOpacity: 0.45,
            strokeWidth: 3,
          },
        ),
        Plot.lineY(points, { x: "epoch", y: "value", stroke: colours.get(split)!, strokeWidth: 1.4 }),
        Plot.dot(
          points.filter(({ epoch, value }) => epoch === kept && Number.isFinite(value)),
          { x: "epoch", y: "value", r: 3, fill: colours.get(split)! },
        ),
      ]),
      ...(several ? endLabels(lines, colours) : []),
    ],
  });
  return panel(name, svg, "small");
}

/** Labels the two splits at the ends of their lines, without overlap. */
function endLabels(
  lines: readonly { readonly split: Split; readonly points: readonly EpochPoint[] }[],
  colours: ReadonlyMap<Split, string>,
) {
  const ends = lines
    .map(({ split, points }) => ({ split, ...points.at(-1)! }))
    .sort((a, b) => b.value - a.value);
  return ends.map((end, i) =>
    Plot.text([end], {
      x: "epoch",
      y: "value",
      text: "split",
      fill: colours.get(end.split)!,
      textAnchor: "start",
      dx: 6,
      // The upper label is above the end of its line, the lower one below.
      dy: i === 0 ? -6 : 6,
    }),
  );
}
