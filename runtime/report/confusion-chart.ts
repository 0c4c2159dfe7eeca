// Draws which class was taken for which: a row for each class that rows have, with the share of them that each class was the likeliest of.

import { breakdownFigure } from "./breakdown-chart.ts";
import type { ClassFindings } from "./confusion.ts";
import { html, type Markup } from "./markup.ts";
import { panel } from "./page.ts";
import { chart, colour, fitting, Plot } from "./plot.ts";

const CELL = 26;
const LONGEST = 12;

/** `prefix` names the prediction where there are several. */
export function confusionFigure(prefix: string, found: ClassFindings): Markup {
  const { accuracy, byClass, macroAuc } = found;
  const title = `${prefix}${prefix === "" ? "L" : "l"}ikeliest class: right in ${percent(accuracy)} of the rows`;
  const matrix = panel(title, confusionChart(title, found));
  return html`<div class="pair">${matrix}${breakdownFigure(prefix, byClass, macroAuc)}</div>`;
}

function confusionChart(title: string, { classes, others, counts }: ClassFindings): Markup {
  const names = namesOf(others > 0 ? [...classes, `${others} others`] : classes);
  const cells = counts.flatMap((row, own) => {
    const all = row.reduce((sum, count) => sum + count, 0);
    return row.map((count, taken) => ({
      ...{ own: names[own]!, taken: names[taken]!, count },
      share: all === 0 ? 0 : count / all,
    }));
  });
  const said = cells
    .filter(({ count }) => count > 0)
    .map(({ own, taken, share }) => `${own} taken for ${taken} ${percent(share)}`);
  const longest = Math.max(...names.map(({ length }) => length));
  return chart(`${title}; ${said.join("; ")}`, {
    height: names.length * CELL + 70,
    marginLeft: 24 + 6.4 * longest,
    marginTop: 8,
    marginBottom: 60,
    x: { domain: names, padding: 0.05 },
    y: { domain: names, padding: 0.05 },
    marks: [
      Plot.cell(cells, {
        x: "taken",
        y: "own",
        fill: colour.first,
        fillOpacity: "share",
        stroke: colour.rule,
      }),
      Plot.text(cells, {
        ...{ x: "taken", y: "own", fill: colour.ink },
        text: ({ share, count }: (typeof cells)[number]) => (count === 0 ? "" : percent(share)),
      }),
      Plot.axisX({ tickSize: 0, label: "likeliest", labelArrow: "none", tickRotate: longest > 3 ? -40 : 0 }),
      Plot.axisY({ tickSize: 0, label: null }),
    ],
    opacity: { type: "linear", domain: [0, 1], range: [0, 0.7] },
  });
}

/** All differ, also where classes do not when they are cut. */
function namesOf(classes: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return classes.map((each) => {
    const name = fitting(each === "" ? "empty" : each, LONGEST);
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)}%`;
}
