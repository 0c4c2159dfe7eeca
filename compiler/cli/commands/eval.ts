// dinc eval RUN: the run's metrics on labelled rows; on the rows of training's own evaluation they are the same to the
// last digit.

import { metricCells, metricNames, metricValues } from "../../../runtime/run/metric-columns.ts";
import { openRun } from "../../../runtime/run/open-run.ts";
import { scoreRun } from "../../../runtime/run/score-run.ts";
import { evaluateScores } from "../../../runtime/train/score.ts";
import { exitCodes } from "../exit-codes.ts";
import { gaucNote } from "../metric-notes.ts";
import { backendFor, type DataOptions, rowsToScore } from "../scoring.ts";
import type { Terminal } from "../terminal.ts";
import { textTable, thousands } from "../text-table.ts";

export interface EvalOptions extends DataOptions {
  readonly backend: "auto" | "node" | "wasm" | "cpu";
  readonly format: "pretty" | "json";
}

export async function evaluate(folder: string, options: EvalOptions, terminal: Terminal): Promise<number> {
  const run = await openRun(folder);
  const rows = await rowsToScore(run, options, "required", terminal);
  const logits = await scoreRun(run, rows, await backendFor(run, options.backend));
  const { metrics } = run.model.train;
  const split = options.data === undefined ? options.split : "test";
  const evaluations = evaluateScores(split, rows, logits, metrics);
  if (options.format === "json") {
    const result = { rows: rows.rows, metrics: metricValues(evaluations, split) };
    terminal.out(`${JSON.stringify(result, null, 2)}\n`);
    return exitCodes.clean;
  }
  const names = metricNames(evaluations);
  terminal.out(textTable(["rows", ...names], [[thousands(rows.rows), ...metricCells(evaluations, names)]]));
  const note = gaucNote(metrics, evaluations);
  if (note !== null) terminal.say(note);
  return exitCodes.clean;
}
