// A page about the drift of a file, or of a ranker's statistics, from the training rows: the checks, a table
// of all columns, and for each column both histograms, with the largest change first. Like report.html, it
// contains no script and loads nothing.

import { formatCount } from "../../compiler/common/format-count.ts";
import { type Check, formatNumber, percent } from "../../compiler/data/checks.ts";
import { type ColumnProfile, type ComparedColumn, countedWords, share } from "../../compiler/data/profile.ts";
import { html, type Markup, nothing } from "./markup.ts";
import { figure, page, panel, paragraph, section, table } from "./page.ts";
import { chart, colour, fitting, Plot } from "./plot.ts";

export interface DriftPage {
  readonly model: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly columns: readonly ComparedColumn[];
  readonly checks: readonly Check[];
}

/** The most columns with a figure. */
const MOST_FIGURES = 60;
const ROW = 15;
const LONGEST_BIN = 14;

export function driftReport({ model, facts, columns, checks }: DriftPage): string {
  const drawn = columns
    .filter(({ before }) => before !== null)
    .toSorted((a, b) => (b.psi ?? 0) - (a.psi ?? 0));
  const left = drawn.length - MOST_FIGURES;
  return page(
    model,
    [
      html`<header>
<p class="kind">Drift</p>
<h1>${model}</h1>
<dl>
${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}
</dl>
</header>`,
      checksSection(checks),
      section("columns", "Columns", columnTable(columns)),
      section(
        "histograms",
        "Histograms",
        figure(
          drawn.slice(0, MOST_FIGURES).map(histograms),
          "The share of values in each bin: on the left in the training rows, on the right now. Numbers have a bin for each tenth of the training rows, ids one for each of their most frequent values. The columns that changed most come first.",
        ),
        left > 0 ? paragraph(`${left} more columns, which changed less, are only in the table.`) : nothing,
      ),
    ],
    "drift",
  );
}

function checksSection(checks: readonly Check[]): Markup {
  if (checks.length === 0)
    return section(
      "checks",
      "Checks",
      paragraph("No conditions are set: `expect` in dinc.yaml states them."),
    );
  const failed = checks.filter(({ holds }) => !holds);
  const rows = [...failed, ...checks.filter(({ holds }) => holds)].map(
    ({ column, expected, found, holds }) => [column ?? "", expected, found, holds ? "ok" : "failed"],
  );
  return section(
    "checks",
    "Checks",
    paragraph(
      failed.length === 0
        ? `All ${checks.length} checks hold.`
        : `${failed.length} of ${checks.length} checks failed.`,
    ),
    table(["column", "expected", "found", ""], rows),
  );
}

function columnTable(columns: readonly ComparedColumn[]): Markup {
  const mean = (profile: ColumnProfile | null) =>
    profile === null || profile.numbers === null ? "" : formatNumber(profile.numbers.mean);
  return table(
    ["column", "counted", "values", "missing", "new", "mean", "in training", "PSI", "changed"],
    columns.map((column) => [
      column.column,
      whatOf(column),
      formatCount(column.present),
      percent(column.missingShare),
      column.newShare === null ? "" : percent(column.newShare),
      mean(column),
      mean(column.before),
      column.psi === null ? "" : column.psi.toFixed(3),
      column.shift === null || column.shift === "little" ? "" : column.shift,
    ]),
  );
}

function whatOf({ inLists, counted: what }: ColumnProfile): string {
  return inLists ? "ids in lists" : countedWords[what];
}

const TRAINING = "training rows";
const NOW = "now";

/** Both histograms of a column, next to each other bin by bin. */
function histograms(column: ComparedColumn): Markup {
  const before = column.before!;
  const names = binNames(column);
  const shares = (profile: ColumnProfile, of: string) =>
    names.map((bin, i) => ({ of, bin, share: 100 * (binShares(profile)[i] ?? 0) }));
  const bars = [...shares(before, TRAINING), ...shares(column, NOW)];
  const title = `${column.column}: ${whatOf(column)}, PSI ${column.psi!.toFixed(3)}`;
  const longest = Math.max(...names.map(({ length }) => length));
  const said = names.map(
    (bin, i) =>
      `${bin} ${formatNumber(bars[i]!.share)} % and ${formatNumber(bars[names.length + i]!.share)} %`,
  );
  const svg = chart(`${title}; ${TRAINING} and ${NOW}: ${said.join("; ")}`, {
    height: names.length * ROW + 66,
    marginLeft: 10 + 6.4 * longest,
    marginTop: 24,
    fx: { domain: [TRAINING, NOW], label: null, padding: 0.12 },
    x: { domain: [0, Math.max(...bars.map(({ share: height }) => height), 1)] },
    y: { domain: names, padding: 0.2 },
    marks: [
      Plot.axisX({ ticks: 2, tickSize: 0, label: null, tickFormat: (x: number) => `${x} %` }),
      Plot.axisY({ tickSize: 0, label: null }),
      Plot.barX(
        bars.filter(({ of }) => of === TRAINING),
        { fx: "of", y: "bin", x: "share", fill: colour.second },
      ),
      Plot.barX(
        bars.filter(({ of }) => of === NOW),
        { fx: "of", y: "bin", x: "share", fill: colour.first },
      ),
      Plot.ruleX([0], { stroke: colour.quiet }),
    ],
  });
  return panel(title, svg);
}

/**
 * The names of the bins, of new ids if these are known, and of missing values. Names stay distinct even after
 * long values are shortened.
 */
function binNames({ bins, fresh }: ColumnProfile): string[] {
  const names =
    bins.by === "values"
      ? [...bins.values.map((value) => fitting(value === "" ? "empty" : value, LONGEST_BIN)), "others"]
      : rangeNames(bins.bounds);
  const seen = new Map<string, number>();
  return [...names, ...(fresh === null ? [] : ["new"]), "missing"].map((name) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
}

/** `to 3`, `to 7`, `above 7` */
function rangeNames(bounds: readonly number[]): string[] {
  if (bounds.length === 0) return ["all"];
  return [...bounds.map((bound) => `to ${formatNumber(bound)}`), `above ${formatNumber(bounds.at(-1)!)}`];
}

/** The shares of all values, including missing ones. */
function binShares({ bins, present, missing, fresh }: ColumnProfile): number[] {
  const all = [...bins.counts, ...(fresh === null ? [] : [fresh]), missing];
  return all.map((count) => share(count, present + missing));
}
