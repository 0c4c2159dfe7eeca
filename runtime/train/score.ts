// Scores rows with a session: the one way in which training evaluates, `dinc eval` evaluates and `dinc predict` predicts,
// so that all three give the same numbers to the last digit.

import type { Metric } from "../../compiler/model/model.ts";
import type { Batch, Dataset } from "../data/dataset.ts";
import type { Chance } from "../data/draws.ts";
import { evaluate, type Metrics } from "./metrics/evaluate.ts";
import type { TrainingSession } from "./session.ts";
import { type HostTable, RowGatherer } from "./tables.ts";
import { Turns } from "./turns.ts";

/** Rows scored at a time. A constant: how rows are grouped can change the last bits of a matrix product. */
export const SCORING_BATCH = 2048;

/**
 * The batches of `data`'s rows `order`, `size` at a time; the last one may be smaller. With `chance` they hold what a
 * training step draws.
 */
export type BatchStream = (
  data: Dataset,
  order: Int32Array,
  size: number,
  chance?: Chance | null,
) => AsyncIterable<Batch>;

/** Rows 0 … n − 1. */
export function rowsInOrder(rows: number): Int32Array {
  const order = new Int32Array(rows);
  for (let i = 0; i < rows; i++) order[i] = i;
  return order;
}

/** Logits of every row, by label. */
export async function score(
  session: TrainingSession,
  tables: ReadonlyMap<string, HostTable>,
  data: Dataset,
  batches: BatchStream,
  labels: readonly string[],
): Promise<ReadonlyMap<string, Float32Array>> {
  const gatherer = new RowGatherer(tables);
  const turns = new Turns();
  const logits = new Map(labels.map((label) => [label, new Float32Array(data.rows)]));
  let done = 0;
  for await (const batch of batches(data, rowsInOrder(data.rows), SCORING_BATCH)) {
    const scored = session.predict({ batch, rows: gatherer.gather(batch), scalars: {} });
    for (const [label, all] of logits) all.set(scored[label]!, done);
    done += batch.size;
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

/** Metrics of every prediction that `data` has labels for. */
export function evaluateScores(
  split: Split,
  data: Dataset,
  logits: ReadonlyMap<string, Float32Array>,
  metrics: readonly Metric[],
): Evaluation[] {
  const evaluations: Evaluation[] = [];
  for (const [label, scores] of logits) {
    const truth = data.labels.get(label);
    if (truth === undefined) continue;
    evaluations.push({ split, label, rows: data.rows, ...evaluate(metrics, scores, truth, data.groups) });
  }
  return evaluations;
}
