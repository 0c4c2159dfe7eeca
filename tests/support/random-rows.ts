// Random rows for a program: all inputs of its batches, with frequent and rare ids, and histories and sets of
// any length, including none.

import { Random } from "../../compiler/common/random.ts";
import { planBatches } from "../../compiler/data/batch-plan.ts";
import type { HistoryColumns, MemoryRows, SetRanges } from "../../compiler/data/memory-rows.ts";
import { FIRST_ID, type TableSpec } from "../../compiler/frontend/model/model.ts";
import type { TrainingProgram } from "../../compiler/middle/programs/program.ts";

/** Values of a feature that is looked up in no table. */
const COMPARED_IDS = 4;

/** The average number of rows in a group. */
const ROWS_OF_A_GROUP = 4;

export interface RowsOptions {
  readonly rows: number;
  readonly seed?: number;
  /** The number of steps in a row's history; by default up to 8. */
  readonly steps?: (row: number, random: Random) => number;
  /** The number of values in a set; by default up to 3. */
  readonly values?: (random: Random) => number;
}

export function randomRows(
  { step }: TrainingProgram,
  tables: readonly TableSpec[],
  {
    rows,
    seed = 1,
    steps = (_, random) => random.integer(9),
    values = (random) => random.integer(4),
  }: RowsOptions,
): MemoryRows {
  const random = Random.of(seed, "random rows");
  const plan = planBatches(step, tables);
  const idsOf = (count: number, known: number) =>
    Int32Array.from({ length: count }, () => Math.floor(known * random.next() ** 2));
  const setsOf = (count: number, known: number, isWeighted: boolean): SetRanges => {
    const { start, end, total } = runs(count, () => values(random));
    const weights = isWeighted ? Float32Array.from({ length: total }, () => random.next()) : null;
    return { ids: idsOf(total, known), weights, start, end };
  };
  const numbersOf = (count: number) => Float32Array.from({ length: count }, () => random.normal());
  const columns = (history: string | null, count: number) => {
    const ids = new Map<string, Int32Array>();
    const sets = new Map<string, SetRanges>();
    for (const vocabulary of plan.vocabularies)
      for (const input of vocabulary.inputs) {
        if (input.history !== history) continue;
        if (input.owner === null) ids.set(input.feature, idsOf(count, vocabulary.rows));
        else sets.set(input.feature, setsOf(count, vocabulary.rows, input.weights !== null));
      }
    // Ids that are only compared.
    for (const each of plan.ids)
      if (each.history === history && !ids.has(each.feature))
        ids.set(each.feature, idsOf(count, COMPARED_IDS));
    const own = plan.numbers.filter((each) => each.history === history);
    const numbers = new Map(own.map(({ feature, width }) => [feature, numbersOf(count * width)]));
    return { ids, sets, numbers };
  };
  const histories = new Map<string, HistoryColumns>();
  for (const history of plan.axes.flatMap((axis) => axis.histories)) {
    if (histories.has(history)) continue;
    const { start, end, total } = runs(rows, (row) => steps(row, random));
    const { ids, ...others } = columns(history, total);
    histories.set(history, { steps: ids, ...others, start, end });
  }
  return {
    kind: "memory",
    rows,
    ...columns(null, rows),
    histories,
    labels: new Map(
      plan.labels.map(({ label }) => [label, Float32Array.from({ length: rows }, () => random.integer(2))]),
    ),
    groups: new Map(
      plan.batches.flatMap(({ by }) =>
        by === null ? [] : [[by, idsOf(rows, Math.ceil(rows / ROWS_OF_A_GROUP)).map((id) => id + FIRST_ID)]],
      ),
    ),
  };
}

function runs(count: number, length: (row: number) => number) {
  const [start, end] = [new Int32Array(count), new Int32Array(count)];
  let total = 0;
  for (let row = 0; row < count; row++) {
    start[row] = total;
    total += length(row);
    end[row] = total;
  }
  return { start, end, total };
}
