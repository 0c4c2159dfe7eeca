// The output of `dinc train --each day`: a line for each day, with the metrics that the weights of earlier
// days had on its rows.

import type { Period } from "../../compiler/common/calendar.ts";
import type { TrainedPeriods } from "../driver/each.ts";
import { textTable, thousands } from "../driver/text-table.ts";
import type { TrainedPeriod } from "../driver/trained-period.ts";
import { flatMetrics } from "../run/flat-metrics.ts";

export function periodTable(each: Period, { periods }: TrainedPeriods): string {
  const tested = periods.map(({ before }) => flatMetrics(before?.["train"]));
  const titles = [...new Set(tested.flatMap((metrics) => Object.keys(metrics)))];
  const rows = periods.flatMap((period, i) => {
    const { name, rows, seconds, state } = period;
    const cells = titles.map((title) => tested[i]![title]?.toFixed(5) ?? "–");
    const line = [name, thousands(rows), ...cells, state === "trained" ? seconds.toFixed(2) : state];
    return hasGap(periods[i - 1], period) ? [["…", "none"], line] : [line];
  });
  return textTable([each, "rows", ...titles.map((title) => `${title} before it`), "seconds"], rows);
}

/** A line for a period whose run has just been written. */
export function periodLine({ name, rows, before, folder, seconds }: TrainedPeriod): string {
  const metrics = Object.entries(flatMetrics(before?.["train"]));
  const tested = metrics.map(([title, value]) => `, ${title} before it ${value.toFixed(5)}`);
  const took = `${seconds.toFixed(2)} s; report: ${folder}/report.html`;
  return `${name}: ${thousands(rows)} rows${tested.join("")} (${took})`;
}

/** Whether there are periods without rows between the two. */
function hasGap(before: TrainedPeriod | undefined, { since }: TrainedPeriod): boolean {
  return before !== undefined && Date.parse(before.until) < Date.parse(since);
}

/** The sentences below the table. */
export function periodNotes({ periods, outside }: TrainedPeriods): string[] {
  const open = periods.find(({ state }) => state === "open");
  const last = periods.findLast(({ state }) => state === "trained" || state === "kept");
  const rows = (count: number, where: string) =>
    count === 0
      ? []
      : [`${thousands(count)} ${count === 1 ? "row is" : "rows are"} ${where}: no run has them`];
  return [
    ...rows(outside.before, "before `data.since`"),
    ...rows(outside.after, "after `data.until`"),
    ...(open === undefined ? [] : [`${open.name} is not over, and not trained yet: ${waitsText(open)}`]),
    ...(last === undefined ? [] : [`last run: ${last.folder} (report: ${last.folder}/report.html)`]),
  ];
}

function waitsText({ waitsFor, until }: TrainedPeriod): string {
  return waitsFor === "until"
    ? `it ends at ${until}, after \`data.until\``
    : `the log has no row from ${until} on (--complete trains it all the same)`;
}
