// A page that compares a model with itself without some part: `importance.html` for permutations,
// `ablation.html` for trainings. Each prediction has a plot of one metric and a table of all. Like
// report.html, it contains no script and loads nothing.

import type { MetricDifference } from "../../compiler/train/metrics/differences.ts";
import { html, type Markup } from "./markup.ts";
import { figure, page, panel, section, table } from "./page.ts";
import { around, chart, colour, fitting, Plot } from "./plot.ts";

export interface DifferencesPage {
  readonly model: string;
  readonly kind: "importance" | "ablation";
  /** The metric of the plot. */
  readonly metric: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly caption: string;
  readonly predictions: readonly {
    readonly label: string;
    readonly parts: readonly { readonly name: string; readonly differences: readonly MetricDifference[] }[];
  }[];
}

const words = { importance: "Permutation importance", ablation: "Ablation" } as const;

export function differencesReport({
  model,
  kind,
  metric,
  facts,
  caption,
  predictions,
}: DifferencesPage): string {
  return page(
    model,
    [
      html`<header>
<p class="kind">${words[kind]}</p>
<h1>${model}</h1>
<dl>
${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}
</dl>
</header>`,
      ...predictions.map(({ label, parts }) =>
        section(label, label, figure([plotOf(parts, metric)], caption), tableOf(parts)),
      ),
    ],
    kind,
  );
}

type Parts = DifferencesPage["predictions"][number]["parts"];

const ROW = 22;
const LONGEST_NAME = 24;

function plotOf(parts: Parts, metric: string): Markup {
  const known = parts.flatMap(({ name, differences }) => {
    const { worse, interval } = differences.find((difference) => difference.metric === metric)!;
    const ends = { low: interval?.low ?? worse, high: interval?.high ?? worse };
    return Number.isFinite(worse) ? [{ name: fitting(name, LONGEST_NAME), worse, ...ends }] : [];
  });
  const title = `${metric} lost without it`;
  if (known.length === 0) return panel(title, html`<p class="none">The rows do not define ${metric}.</p>`);
  const longest = Math.max(...known.map(({ name }) => name.length));
  const svg = chart(`${title}: ${known.map(({ name, worse }) => `${name} ${worse.toFixed(5)}`).join("; ")}`, {
    width: 680,
    height: known.length * ROW + 50,
    marginLeft: 14 + 6.4 * longest,
    marginBottom: 34,
    x: { domain: around([0, ...known.flatMap(({ low, high }) => [low, high])]) },
    y: { domain: known.map(({ name }) => name), type: "point", padding: 0.6 },
    marks: [
      Plot.gridX({ stroke: colour.rule, strokeOpacity: 1, ticks: 5 }),
      Plot.ruleX([0], { stroke: colour.quiet, strokeDasharray: "3,3" }),
      Plot.axisX({ ticks: 5, tickSize: 0, label: title, labelAnchor: "center", labelArrow: "none" }),
      Plot.axisY({ tickSize: 0, label: null }),
      Plot.ruleY(known, { y: "name", x1: "low", x2: "high", stroke: colour.first, strokeWidth: 1.6 }),
      Plot.dot(known, { y: "name", x: "worse", r: 3.2, fill: colour.first }),
    ],
  });
  return panel(title, svg, "wide");
}

function tableOf(parts: Parts): Markup {
  const metrics = parts[0]?.differences.map(({ metric }) => metric) ?? [];
  const number = (value: number) => (Number.isNaN(value) ? "–" : value.toFixed(5));
  return table(
    ["", ...metrics.flatMap((metric) => [`${metric} lost`, "95 % interval"])],
    parts.map(({ name, differences }) => [
      name,
      ...differences.flatMap(({ worse, interval }) => [
        number(worse),
        interval === null ? "" : `${number(interval.low)} to ${number(interval.high)}`,
      ]),
    ]),
  );
}
