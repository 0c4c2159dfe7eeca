// Scores rows with a session. Evaluation in training, `dinc eval` and `dinc predict` all use it, so they give
// the same numbers to the last digit.

import type { TrainingSession } from "../backends/contract/session.ts";
import type { BatchStream } from "../data/batch-stream.ts";
import { float32s, int32s } from "../data/columns.ts";
import { weightsIn } from "../data/label-columns.ts";
import type { MeasuredColumns } from "../data/memory-rows.ts";
import { requestTooLarge } from "../diagnostics/catalog/requests.ts";
import { DiagnosticError, diagnose, noLocation } from "../diagnostics/diagnostic.ts";
import type { MeasuredBy } from "../frontend/labels/registry.ts";
import type { ScoredValues } from "../middle/training/channels.ts";
import { EventLoopYield } from "./event-loop-yield.ts";
import type { MeasureProgress, Resampling } from "./metrics/bootstrap.ts";
import type { Measure, Metrics } from "./metrics/evaluate.ts";
import { type HostTable, RowGatherer } from "./tables.ts";

/**
 * The number of rows per batch. It is constant, because the grouping of rows can change the last bits of a
 * matrix product.
 */
export const SCORING_BATCH = 2048;

/** Rows 0 … n − 1. */
export function rowsInOrder(rows: number): Int32Array {
  const order = int32s(rows);
  for (let i = 0; i < rows; i++) order[i] = i;
  return order;
}

/**
 * Logits of every row by label, and values of outputs by name, in shared memory for a thread that computes metrics. A
 * row has one number, or several side by side. `onProgress` gets the number of rows scored so far. Throws
 * DiagnosticError if a request has more candidates than the model takes.
 */
export async function score<Source extends { readonly rows: number }>(
  session: TrainingSession,
  tables: ReadonlyMap<string, HostTable>,
  data: Source,
  batches: BatchStream<Source>,
  wanted: readonly ScoredValues[],
  onProgress: (rows: number) => void = () => {},
): Promise<ReadonlyMap<string, Float32Array>> {
  const gatherer = new RowGatherer(tables);
  const turns = new EventLoopYield();
  const logits = new Map(wanted.map(({ name, width }) => [name, float32s(data.rows * width)]));
  let done = 0;
  for await (const batch of batches(data, rowsInOrder(data.rows), SCORING_BATCH)) {
    const { requests } = batch;
    if (requests !== undefined && requests.largest > requests.max)
      throw new DiagnosticError([diagnose(requestTooLarge, requests, noLocation)]);
    const placeOf = (row: number) => (requests === undefined ? done + row : requests.places[row]!);
    const scored = session.predict({ batch, rows: gatherer.gather(batch), scalars: {} });
    for (const { name, width, channels: names } of wanted) {
      const all = logits.get(name)!;
      const channels = names.map((channel) => scored[channel]!);
      if (channels.length === 1 && requests === undefined) all.set(channels[0]!, done * width);
      else if (channels.length === 1)
        for (let row = 0; row < batch.size; row++)
          all.set(channels[0]!.subarray(row * width, (row + 1) * width), placeOf(row) * width);
      else
        for (const [i, values] of channels.entries())
          for (let row = 0; row < batch.size; row++) all[placeOf(row) * channels.length + i] = values[row]!;
    }
    done += batch.size;
    onProgress(done);
    await turns.take();
  }
  return logits;
}

export type Split = "train" | "valid" | "test";

/** The metrics of one prediction on one split. */
export interface Evaluation extends Metrics {
  readonly split: Split;
  readonly label: string;
  readonly rows: number;
}

/** The current activity of an evaluation. */
export type EvaluationProgress =
  | { readonly kind: "scoring"; readonly rows: number; readonly of: number }
  | ({ readonly label: string } & MeasureProgress);

/** The metrics to compute, and the function that computes them. */
export interface Measures {
  readonly by: (label: string) => MeasuredBy;
  readonly resampling: Resampling;
  readonly measure: Measure;
  readonly onProgress?: (progress: EvaluationProgress) => void;
}

/** Metrics of every prediction that `data` has labels for. */
export async function evaluateScores(
  split: Split,
  data: MeasuredColumns,
  scores: ReadonlyMap<string, Float32Array>,
  { by, resampling, measure, onProgress }: Measures,
): Promise<Evaluation[]> {
  const evaluations: Evaluation[] = [];
  for (const [label, logits] of scores) {
    const labels = data.labels.get(label);
    if (labels === undefined) continue;
    const weights = weightsIn(data.labels, label);
    const request = { ...by(label), logits, labels, weights, groups: data.groups, resampling };
    const measured = await measure(request, (progress) => onProgress?.({ label, ...progress }));
    evaluations.push({ split, label, rows: data.rows, ...measured });
  }
  return evaluations;
}
