// A model's training on made-up rows: with the loop, batch by batch, and by the ops' references.

import type { Batch } from "../../compiler/backends/contract/batch.ts";
import type { TrainingBackend } from "../../compiler/backends/contract/session.ts";
import { untrainedModel } from "../../compiler/backends/contract/untrained-model.ts";
import { planBatches } from "../../compiler/data/batch-plan.ts";
import type { MemoryRows } from "../../compiler/data/memory-rows.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { tablesOf } from "../../compiler/frontend/kinds/model-queries.ts";
import type { Model, TableSpec } from "../../compiler/frontend/model/model.ts";
import { evaluate, type NamedValues, type ReferenceResults } from "../../compiler/middle/builder/evaluate.ts";
import type { ValidGraph } from "../../compiler/middle/graph/graph.ts";
import { exampleLayout } from "../../compiler/middle/graph/layout.ts";
import { inputNames, type TrainingProgram } from "../../compiler/middle/programs/program.ts";
import { trainingProgram } from "../../compiler/middle/programs/step.ts";
import type { TrainResult } from "../../compiler/train/epochs.ts";
import { inlineBatches } from "../../runtime/data/batches/prefetch.ts";
import { runTrainer } from "../../runtime/train/run-trainer.ts";

/** A spec of what has bits of its own to lose: a recurrence, attention, sets, batch statistics, a table of two features. */
export function severalLayers({
  more,
  train,
  loss = "",
}: {
  readonly more: string;
  readonly train: string;
  readonly loss?: string;
}): string {
  return `model several
features user { last : id  share item_id }
features item {
  item_id : id               embed 6
  tags    : set(id, max: 5)  embed 5
  price   : number
}
history clicks(max: 8) { item_id <-> clicked }
label click : binary
net {
  let interest = sum(clicks * softmax(dot(clicks, item_id)))
  let state    = last(gru(clicks, width: 5))
  predict click = (concat(item_id, interest, state, last, tags, price) |> dense(12, dice) ${more} |> dense(1)) + weight(item_id) |> sigmoid
  ${loss}
}
train { optimizer adam(learning_rate: 0.01)  clip norm(1.0)  ${train} }`;
}

export interface Made {
  readonly program: TrainingProgram;
  readonly tables: readonly TableSpec[];
}

/** `known` values in each vocabulary that only data could tell. */
export function madeOf(model: Model, known: number): Made {
  const program = trainingProgram(lower(model), model);
  return { program, tables: tablesOf(model, untrainedModel(model, 1, known).fitted) };
}

/** Trains on the rows, in the order of the loop. */
export function trainedOn(rows: MemoryRows, backend: TrainingBackend, made: Made): Promise<TrainResult> {
  const { program, tables } = made;
  const { stream } = inlineBatches(planBatches(program.step, tables, backend.parts, program.settings));
  return runTrainer({
    program,
    backend,
    tables,
    train: rows,
    predictions: [],
    evaluate: [],
    batches: stream,
  });
}

/** The rows as they stand, `size` at a time, as steps have them. */
export async function batchesOf(
  rows: MemoryRows,
  size: number,
  { program, tables }: Made,
  parts = 1,
): Promise<Batch[]> {
  const { stream } = inlineBatches(planBatches(program.step, tables, parts, program.settings));
  const order = Int32Array.from({ length: rows.rows }, (_, row) => row);
  const batches: Batch[] = [];
  for await (const batch of stream(rows, order, size, { seed: 1, step: 1 })) batches.push(batch);
  return batches;
}

/** By the references. `tables` are the batch's rows of each. */
export function evaluated(
  graph: ValidGraph,
  batch: Batch,
  scalars: Readonly<Record<string, number>>,
  { parameters, tables }: { readonly parameters: NamedValues; readonly tables: NamedValues },
): ReferenceResults {
  const lengths = [...batch.segments].map(([history, segments]) => {
    const counts = new Array<number>(batch.size).fill(0);
    for (const row of segments) counts[row]!++;
    return [history, counts] as const;
  });
  const given = Object.entries(scalars).map(([name, value]) => [inputNames.scalar(name), [value]] as const);
  const inputs = { ...Object.fromEntries(batch.inputs), ...Object.fromEntries(given) };
  const layout = exampleLayout({
    examples: batch.size,
    lengths: Object.fromEntries(lengths),
    tables: Object.fromEntries([...batch.tables].map(([name, rows]) => [name, rows.length])),
    elements: Object.fromEntries([...batch.inputs].map(([name, values]) => [name, values.length])),
  });
  return evaluate(graph, { inputs, parameters, tables }, layout);
}

/** Rows of a table of so many numbers each. */
export function rowsAt(values: Float32Array, rows: Int32Array, width: number): number[] {
  return [...rows].flatMap((row) => [...values.subarray(row * width, (row + 1) * width)]);
}
