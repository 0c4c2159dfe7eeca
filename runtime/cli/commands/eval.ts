// dinc eval RUN: computes the run's metrics on labelled rows. On the rows that the training evaluated, they
// are the same to the last digit.

import { ratioOf, type Totals } from "../../../compiler/middle/calibration/measures.ts";
import { evaluate as evaluateRun } from "../../driver/evaluate.ts";
import { metricNotes } from "../../driver/metric-notes.ts";
import { metricDetails, metricValues } from "../../train/metrics/metric-columns.ts";
import { exitCodes } from "../exit-codes.ts";
import { evaluationText } from "../metric-tables.ts";
import type { RowsCommandOptions } from "../rows-options.ts";
import type { Terminal } from "../terminal.ts";
import { terminalWatch } from "../terminal-watch.ts";

export interface EvalOptions extends RowsCommandOptions {
  readonly format: "pretty" | "json";
  readonly resamples?: number;
}

export async function evaluate(folder: string, options: EvalOptions, terminal: Terminal): Promise<number> {
  const { split, rows, evaluations, totals } = await evaluateRun(folder, {
    ...options,
    ...terminalWatch(terminal),
  });
  if (options.format === "json") {
    const metrics = metricValues(evaluations, split);
    const details = metricDetails(evaluations, split);
    const calibration = Object.fromEntries([...totals].map(([label, total]) => [label, ratioOf(total)]));
    terminal.out(`${JSON.stringify({ rows, metrics, details, calibration }, null, 2)}\n`);
    return exitCodes.clean;
  }
  terminal.out(evaluationText(evaluations));
  for (const note of metricNotes(evaluations)) terminal.say(note);
  for (const [label, total] of totals) terminal.say(meansNote(label, rows, total));
  return exitCodes.clean;
}

/** `click: 27.5 % of the rows are 1, the mean prediction is 28.1 %: 1.022 times as many` */
function meansNote(label: string, rows: number, { ones, predicted, outcome }: Totals): string {
  if (outcome !== "binary") {
    const mean = (sum: number) => Number((sum / rows).toPrecision(5));
    return `${label}: the mean of the rows is ${mean(ones)}, the mean prediction is ${mean(predicted)}`;
  }
  const percent = (sum: number) => `${((100 * sum) / rows).toFixed(1)} %`;
  const ratio = ratioOf({ ones, predicted });
  const times = Number.isNaN(ratio) ? "" : `: ${ratio.toFixed(3)} times as many`;
  return `${label}: ${percent(ones)} of the rows are 1, the mean prediction is ${percent(predicted)}${times}`;
}
