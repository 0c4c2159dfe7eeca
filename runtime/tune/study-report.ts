// The report.html of a search: the chosen settings, ready to copy, every trial as a line through its settings
// to its metric, and a table of trials. It contains no script and loads nothing; text from a spec is shown as
// plain text. Loaded only when a report is written.

import { formatCount } from "../../compiler/common/format-count.ts";
import { type ParamRange, rangeOf } from "../../compiler/frontend/modules/ranges.ts";
import { type Assignment, fractionOf } from "../../compiler/tune/space.ts";
import { html, type Markup, withCode } from "../report/markup.ts";
import { figure, page, panel, paragraph, section, table } from "../report/page.ts";
import { chart, colour, fitting, Plot } from "../report/plot.ts";
import type { StudyLine } from "./study.ts";
import type { TunedStudy } from "./study-plan.ts";
import { chosenText, foundNotes, lastLines, valueText } from "./study-words.ts";

export function reportOf(study: TunedStudy): string {
  const { best, chosen } = study;
  const { spec, arguments: given } = chosenText(study);
  return page(`${best.model}, searched`, [
    header(study),
    section(
      "chosen",
      "The chosen settings",
      ...foundNotes(study).map((note) => paragraph(...withCode(note))),
      html`<pre>${spec.split("\n").map((line) => html`<code>${line}</code>`)}</pre>`,
      html`<div class="scroll"><pre><code>${["dinc train …", ...given].join(" ")}</code></pre></div>`,
      metricsTable(study),
    ),
    section(
      "settings",
      "Settings and what came of them",
      figure(
        [panel(`${study.metric} on the validation rows`, coordinates(study), "wide")],
        `A line is a trial, from its settings on the left to its ${study.metric} on the right. The strong line is trial ${chosen.trial + 1}, which was chosen; broken lines are trials that ended before their last epoch. Trials without a result are left out, and so are the spec's own settings where they lie outside of the ranges.`,
      ),
    ),
    section("trials", "All trials", trialsTable(study)),
  ]);
}

function header(study: TunedStudy): Markup {
  const { best, space, trials, minutes, lines, rungs, reduction, search, seed, isCutShort } = study;
  const tried = lastLines(study).length;
  const facts: readonly (readonly [string, string])[] = [
    ...Object.entries(space).map(([name, range]) => [name, range] as const),
    [
      "Trials",
      `${tried}${trials === null || trials === tried ? "" : ` of ${trials}`}${isCutShort ? `, ended after ${minutes} minutes` : ""}`,
    ],
    [
      "Compared after",
      `${rungs.join(", ")} ${rungs.at(-1) === 1 ? "epoch" : "epochs"}${rungs.length > 1 ? `; one in ${reduction} continues` : ""}`,
    ],
    ["Epochs trained", String(epochsOf(lines))],
    ["Drawn by", `${search === "sobol" ? "Sobol's sequence" : "chance"}, seed ${seed}`],
    ["Rows", `${formatCount(best.trainRows)} training rows`],
    ["Made by", `dinc ${best.dinc}`],
  ];
  return html`<header>
<p class="kind">Search report</p>
<h1>${best.model}</h1>
<dl>
${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}
</dl>
</header>`;
}

function epochsOf(lines: readonly StudyLine[]): number {
  const most = new Map<number, number>();
  for (const { trial, epochs } of lines) most.set(trial, Math.max(most.get(trial) ?? 0, epochs));
  return [...most.values()].reduce((sum, epochs) => sum + epochs, 0);
}

/** The metrics of the run on validation and test rows, with titles. */
function metricsTable({ best }: TunedStudy): Markup {
  const several = Object.keys(best.valid).length > 1;
  const rows = Object.entries(best.valid).flatMap(([label, values]) =>
    Object.entries(values).map(([title, value]) => [
      several ? `${label} ${title}` : title,
      valueText(value),
      valueText(best.test[label]?.[title] ?? null),
    ]),
  );
  const hasTest = Object.keys(best.test).length > 0;
  const head = ["metric of the run", "validation", ...(hasTest ? ["test"] : [])];
  return table(
    head,
    rows.map((row) => row.slice(0, head.length)),
  );
}

const HEIGHT = 300;
const WIDE = 700;
const MOST_TEXT = 16;

interface Axis {
  readonly name: string;
  readonly at: (line: StudyLine) => number | null;
  readonly ticks: readonly { readonly text: string; readonly at: number }[];
}

function coordinates(study: TunedStudy): Markup {
  const lines = lastLines(study).filter(({ value }) => value !== null);
  const axes = [
    ...Object.entries(study.space).map(([name, text]) => axisOf(name, rangeOf(text), study.own)),
    metricAxis(study, lines),
  ];
  const drawn = lines.flatMap((line) => {
    const places = axes.map((axis) => axis.at(line));
    return places.includes(null) ? [] : [{ line, places: places as number[] }];
  });
  const points = drawn.flatMap(({ line, places }) =>
    places.map((at, i) => ({ x: i, y: at, trial: line.trial, line })),
  );
  const isLast = (line: StudyLine) => line.rung === study.chosen.rung;
  const strokes = (which: (line: StudyLine) => boolean, options: Plot.LineOptions) =>
    Plot.line(
      points.filter(({ line }) => which(line)),
      { x: "x", y: "y", z: "trial", ...options },
    );
  const isChosen = (line: StudyLine) => line.trial === study.chosen.trial;
  const ticks = axes.flatMap(({ ticks: own }, x) => own.map((tick) => ({ ...tick, x })));
  return chart(`Settings and ${study.metric} of ${drawn.length} trials`, {
    width: WIDE,
    height: HEIGHT,
    marginLeft: 60,
    marginRight: 60,
    marginTop: 30,
    marginBottom: 14,
    x: { axis: null, domain: [0, axes.length - 1] },
    y: { axis: null, domain: [0, 1] },
    marks: [
      Plot.ruleX(
        axes.map((_, x) => x),
        { stroke: colour.rule, strokeWidth: 1 },
      ),
      strokes((line) => !isLast(line) && !isChosen(line), {
        stroke: colour.quiet,
        strokeOpacity: 0.45,
        strokeDasharray: "3 3",
      }),
      strokes((line) => isLast(line) && !isChosen(line), { stroke: colour.first, strokeOpacity: 0.7 }),
      strokes(isChosen, { stroke: colour.second, strokeWidth: 2.6 }),
      Plot.text(ticks, {
        x: "x",
        y: "at",
        text: "text",
        textAnchor: "start",
        dx: 5,
        fill: colour.quiet,
        stroke: "var(--page)",
        strokeWidth: 3,
      }),
      Plot.text(
        axes.map(({ name }, x) => ({ name: fitting(name, MOST_TEXT), x })),
        { x: "x", y: 1, text: "name", dy: -16, fill: colour.ink, fontWeight: 600 },
      ),
    ],
  });
}

function axisOf(name: string, range: ParamRange, own: Assignment): Axis {
  const ticks =
    range.kind === "choice"
      ? range.values.map((text) => ({ text: fitting(text, MOST_TEXT), at: fractionOf(range, text)! }))
      : [range.low, range.high].map((end) => ({ text: String(end), at: fractionOf(range, String(end))! }));
  const at = ({ settings }: StudyLine) => fractionOf(range, (settings ?? own)[name]!);
  return { name, at, ticks };
}

function metricAxis({ metric, better }: TunedStudy, lines: readonly StudyLine[]): Axis {
  const values = lines.map(({ value }) => value!);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const share = (value: number) => (high === low ? 0.5 : (value - low) / (high - low));
  // The best value is at the top.
  const place = (value: number) => (better === "higher" ? share(value) : 1 - share(value));
  const ends = high === low ? [low] : [low, high];
  return {
    name: metric,
    at: ({ value }) => place(value!),
    ticks: ends.map((value) => ({ text: valueText(value), at: place(value) })),
  };
}

function trialsTable(study: TunedStudy): Markup {
  const names = Object.keys(study.space);
  const head = ["trial", study.metric, "epochs", ...names, "seconds", ""];
  const rows = lastLines(study).map(({ trial, value, epochs, settings, seconds, problem }) => [
    String(trial + 1),
    valueText(value),
    String(epochs),
    ...names.map((name) => (settings ?? study.own)[name]!),
    seconds.toFixed(1),
    problem ?? (trial === study.chosen.trial ? "chosen" : ""),
  ]);
  return table(head, rows);
}
