// Draws the confusion matrix of classes: a line for each class in the rows, with the shares of its rows for
// which each class was the most likely. The AUC of each class is next to it.

import { formatCount } from "../../compiler/common/format-count.ts";
import { breakdownFigure } from "./breakdown-chart.ts";
import type { ClassFindings } from "./confusion.ts";
import { html, type Markup } from "./markup.ts";
import { panel, table } from "./page.ts";
import { fitting } from "./plot.ts";

const LONGEST = 12;

/** `prefix` names the prediction if there are several. */
export function confusionFigure(prefix: string, found: ClassFindings): Markup {
  const { classes, others, counts, accuracy, byClass, macroAuc } = found;
  const title = `${prefix}${prefix === "" ? "L" : "l"}ikeliest class: right in ${percent(accuracy)} of the rows`;
  const names = [...classes, ...(others > 0 ? [`${others} others`] : [])].map((each) =>
    fitting(each === "" ? "empty" : each, LONGEST),
  );
  const lines = counts.map((row, own) => {
    const all = row.reduce((sum, count) => sum + count, 0);
    const shares = row.map((count) => (count === 0 ? "" : percent(count / all)));
    return [names[own]!, formatCount(Math.round(all)), ...shares];
  });
  const matrix = panel(title, table(["class", "rows", ...names.map((name) => `as ${name}`)], lines), "wide");
  return html`<div class="pair">${matrix}${breakdownFigure(prefix, byClass, macroAuc)}</div>`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)}%`;
}
