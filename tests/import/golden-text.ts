// golden.json as a package's training writes it, from rows in memory: columns as they lie in prepared shards.

import type { HistoryColumns, MemoryRows, SetRanges } from "../../compiler/data/memory-rows.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { inputNames } from "../../compiler/middle/programs/program.ts";
import { channelsOf } from "../../compiler/middle/training/channels.ts";

type Cell = number | readonly Cell[];

/** A golden row has a logit for each class: the logits of rows by channel, from those by label. */
export function channelLogits(
  { predictions }: Model,
  byLabel: ReadonlyMap<string, ArrayLike<number>>,
): ReadonlyMap<string, Float32Array> {
  return new Map(
    predictions.flatMap((prediction) => {
      const all = Float32Array.from(byLabel.get(prediction.label)!);
      return channelsOf(prediction).map(
        (channel, at, { length }) => [channel, all.filter((_, i) => i % length === at)] as const,
      );
    }),
  );
}

/** `logits` are by channel. */
export function goldenText(
  model: Model,
  rows: MemoryRows,
  logits: ReadonlyMap<string, ArrayLike<number>>,
): string {
  const given = [...logits].map(([channel, values]) => [channel, Array.from(values)] as const);
  const golden = {
    ...{ version: 1, split: "test", rows: rows.rows },
    inputs: goldenInputs(model, rows),
    logits: Object.fromEntries(given),
  };
  return JSON.stringify(golden);
}

export function goldenInputs(model: Model, rows: MemoryRows): Record<string, Cell[]> {
  return Object.fromEntries([
    ...columnsOf(rows, rows.rows).map(([name, cells]) => [inputNames.feature(name), cells] as const),
    ...weightsOf(rows).map(
      ([name, cells]) => [inputNames.weightOf(inputNames.feature(name)), cells] as const,
    ),
    ...[...rows.histories].flatMap(([history, columns]) => historyInputs(model, history, columns)),
  ]);
}

function historyInputs(model: Model, history: string, columns: HistoryColumns): [string, Cell[]][] {
  const { start, end, steps, ...others } = columns;
  const stored = end.reduce((most, each) => Math.max(most, each), 0);
  const read = columnsOf({ ids: steps, ...others }, stored);
  // Of a history that is only counted, a shard has the steps too.
  const [first] = model.histories.get(history)!.fields;
  const all = read.length > 0 ? read : [[first!.name, new Array<Cell>(stored).fill(0)] as const];
  return [
    ...all.map(([field, cells]) => [inputNames.field(history, field), cells] as const),
    ...weightsOf(columns).map(
      ([field, cells]) => [inputNames.weightOf(inputNames.field(history, field)), cells] as const,
    ),
  ].map(([input, cells]) => [input, lists(cells, { start, end })]);
}

function columnsOf(
  { ids, sets, numbers }: Pick<MemoryRows, "ids" | "sets" | "numbers">,
  count: number,
): (readonly [string, Cell[]])[] {
  return [
    ...[...ids].map(([name, values]) => [name, Array.from(values)] as const),
    ...[...sets].map(([name, set]) => [name, lists(Array.from(set.ids), set)] as const),
    ...[...numbers].map(([name, values]) => [name, vectors(values, count)] as const),
  ];
}

/** The lists of weights of a table's or history's sets, by the name of the set. */
function weightsOf({ sets }: Pick<MemoryRows, "sets">): (readonly [string, Cell[]])[] {
  return [...sets].flatMap(([name, set]) =>
    set.weights === null ? [] : [[name, lists(Array.from(set.weights), set)] as const],
  );
}

function vectors(values: Float32Array, count: number): Cell[] {
  const width = count === 0 ? 1 : values.length / count;
  if (width === 1) return Array.from(values);
  return Array.from({ length: count }, (_, i) => Array.from(values.subarray(i * width, (i + 1) * width)));
}

function lists(cells: readonly Cell[], { start, end }: Pick<SetRanges, "start" | "end">): Cell[] {
  return Array.from(start, (from, i) => cells.slice(from, end[i]));
}
