// dinc eval RUN: the run's metrics on labelled rows; on the rows of training's own evaluation they are the same to the
// last digit.

import type { EngineName } from "../../../compiler/backends/choices.ts";
import { openRun } from "../../run/open-run.ts";
import { scoredOf, scoreRun } from "../../run/score-run.ts";
import { Unscored } from "../../run/unscored.ts";
import { resamplesFor } from "../../train/metrics/bootstrap.ts";
import { metricDetails, metricValues } from "../../train/metrics/metric-columns.ts";
import { openMeasuring } from "../../train/metrics/metrics-thread.ts";
import { evaluateScores } from "../../train/score.ts";
import { exitCodes } from "../exit-codes.ts";
import { meansNote, metricNotes } from "../metric-notes.ts";
import { evaluationText } from "../metric-tables.ts";
import { evaluationProgress } from "../progress.ts";
import { backendFor, type DataOptions, rowsToMeasure, sayLeftOut } from "../scoring.ts";
import type { Terminal } from "../terminal.ts";

export interface EvalOptions extends DataOptions {
  readonly backend: EngineName | "auto";
  readonly format: "pretty" | "json";
  readonly resamples?: number;
}

export async function evaluate(folder: string, options: EvalOptions, terminal: Terminal): Promise<number> {
  const run = await openRun(folder);
  const { rows: all, path, badRows } = await rowsToMeasure(run, options, terminal);
  const onProgress = evaluationProgress(terminal);
  const logits = await scoreRun(run, all, await backendFor(run, options.backend), (rows) =>
    onProgress({ kind: "scoring", rows, of: all.rows }),
  );
  const unscored = new Unscored(badRows, path);
  const without = unscored.check(logits, all, 0);
  unscored.finish(all.rows);
  sayLeftOut(badRows, terminal);
  const { data, scores } = scoredOf(all, logits, without);
  const split = options.data === undefined ? options.split : "test";
  const measuring = openMeasuring();
  const evaluations = await evaluateScores(split, data, scores, {
    metrics: run.model.train.metrics,
    resampling: {
      seed: run.run.manifest.settings.seed,
      resamples: options.resamples ?? resamplesFor(data.rows),
    },
    measure: measuring.measure,
    onProgress,
  }).finally(() => measuring.close());
  if (options.format === "json") {
    const result = {
      rows: data.rows,
      metrics: metricValues(evaluations, split),
      details: metricDetails(evaluations, split),
    };
    terminal.out(`${JSON.stringify(result, null, 2)}\n`);
    return exitCodes.clean;
  }
  terminal.out(evaluationText(evaluations));
  for (const note of metricNotes(evaluations)) terminal.say(note);
  for (const [label, logits] of scores) {
    const note = meansNote(label, data.labels.get(label), logits);
    if (note !== null) terminal.say(note);
  }
  return exitCodes.clean;
}
