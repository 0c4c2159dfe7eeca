// Embedding tables on the host: typed arrays that a step reads by row and the row optimizer changes in place.
// A step's cost depends on the rows it touches, never on the size of the vocabulary.

import type { Batch } from "../backends/contract/batch.ts";
import { invariant, unreachable } from "../common/internal-error.ts";
import { Random } from "../common/random.ts";
import { FIRST_ID, type TableInit, type TableSpec, UNKNOWN_ID } from "../frontend/model/model.ts";
import type { OptimizerTable } from "../middle/training/optimizers/define-optimizer.ts";
import { optimizerOf } from "../middle/training/optimizers/registry.ts";
import { optimizerIndexOfTable, optimizersIn, scalarsOf, tableSlots } from "../middle/training/parts.ts";
import type { TrainSettings } from "../middle/training/settings.ts";
import { shrinkingOfTable, shrinkRows } from "../middle/training/shrinkage.ts";
import { addChanged, beginAverage, catchUp, STEP } from "../middle/training/weight-average.ts";

export interface HostTable extends OptimizerTable {
  readonly spec: TableSpec;
}

/** Given vectors: `values` has those of `rows`, row-major. */
export interface InitialVectors {
  readonly rows: Int32Array;
  readonly values: Float32Array;
}

/**
 * A new table: the PAD and unknown rows are zero; the others are given, or drawn by its `init` from the
 * table's own random stream. A frozen table has no slots, because it is never updated.
 */
export function initialTable(
  spec: TableSpec,
  settings: TrainSettings,
  decay: OptimizerTable["decay"],
  given: InitialVectors | null = null,
): HostTable {
  const values = new Float32Array(spec.rows * spec.width);
  fillInitial(values, spec, given, Random.of(settings.seed, `table ${spec.name}`));
  const table = tableOf(spec, values);
  return spec.options.frozen ? table : { ...table, slots: slotsFor(settings, spec), decay };
}

function fillInitial(
  values: Float32Array,
  { width, options: { init } }: TableSpec,
  given: InitialVectors | null,
  random: Random,
): void {
  const draw = drawing(init, random);
  values.fill(0, 0, FIRST_ID * width);
  if (init.kind === "identity") {
    values.fill(1 / width, UNKNOWN_ID * width, FIRST_ID * width);
    for (let i = 0; i < width; i++) values[(FIRST_ID + i) * width + i] = 1;
  } else for (let i = FIRST_ID * width; i < values.length; i++) values[i] = draw();
  given?.rows.forEach((row, i) => {
    values.set(given.values.subarray(i * width, (i + 1) * width), row * width);
  });
}

/** Values and slots that a table begins with. */
export type Beginning = Pick<HostTable, "values" | "slots">;

/**
 * Begins a table again in `epoch`, after `steps` steps: like the table of an earlier run that the training began with,
 * or else with given vectors and numbers that are drawn for this epoch.
 */
export function beginAnew(
  { spec, values, slots }: HostTable,
  settings: TrainSettings,
  {
    earlier,
    given,
    epoch,
    steps,
  }: {
    readonly earlier: Beginning | null;
    readonly given: InitialVectors | null;
    readonly epoch: number;
    readonly steps: number;
  },
): void {
  if (earlier !== null) {
    values.set(earlier.values);
    for (const [i, slot] of slots.entries()) slot.set(earlier.slots[i]!);
  } else {
    fillInitial(values, spec, given, Random.of(settings.seed, `table ${spec.name} in epoch ${epoch}`));
    for (const [i, { initial }] of tableSlots(settings, spec.name).entries()) slots[i]!.fill(initial);
  }
  if (settings.average !== null) beginAverage({ slots }, steps);
}

/**
 * n_j is the number of occurrences of row j in the training rows (the DIN paper, section 5.1): λ / n_j by
 * row, 0 without occurrences.
 */
export function decayOf(lambda: number, counts: Float64Array): Float32Array {
  return Float32Array.from(counts, (n) => (n === 0 ? 0 : lambda / n));
}

function drawing(init: TableInit, random: Random): () => number {
  switch (init.kind) {
    case "zeros":
      return () => 0;
    case "normal":
      return () => init.deviation * random.normal();
    case "identity":
    case "frequency":
      return () => 0;
    case "uniform":
      return () => init.limit * (2 * random.next() - 1);
    default:
      return unreachable(init, "table init");
  }
}

/** A trained table for predictions. */
export function tableOf(spec: TableSpec, values: Float32Array): HostTable {
  invariant(values.length === spec.rows * spec.width, `table ${spec.name} has ${values.length} values`);
  return { spec, width: spec.width, values, slots: [], decay: null };
}

function slotsFor(settings: TrainSettings, { name, rows, width }: TableSpec): Float32Array[] {
  return tableSlots(settings, name).map(({ initial, byRow }) => {
    const slot = new Float32Array(byRow ? rows : rows * width);
    return initial === 0 ? slot : slot.fill(initial);
  });
}

/** Collects the rows of a batch; its arrays are valid until the next call of `gather`. */
export class RowGatherer {
  private readonly tables: ReadonlyMap<string, HostTable>;
  private readonly buffers = new Map<string, Float32Array>();

  constructor(tables: ReadonlyMap<string, HostTable>) {
    this.tables = tables;
  }

  /** By table: the values of the batch's distinct rows, in order. */
  gather(batch: Batch): Record<string, Float32Array> {
    const gathered = new Map<string, Float32Array>();
    for (const [name, table] of this.tables) {
      const rows = batch.tables.get(name);
      invariant(rows, `the batch lacks the rows of table ${name}`);
      const out = this.buffer(name, rows.length * table.width);
      gatherRows(table, rows, out);
      gathered.set(name, out);
    }
    return Object.fromEntries(gathered);
  }

  private buffer(name: string, length: number): Float32Array {
    let buffer = this.buffers.get(name);
    if (buffer === undefined || buffer.length < length) {
      buffer = new Float32Array(Math.ceil(length * 1.25));
      this.buffers.set(name, buffer);
    }
    return buffer.subarray(0, length);
  }
}

function gatherRows({ width, values }: HostTable, rows: Int32Array, out: Float32Array): void {
  for (let i = 0, to = 0; i < rows.length; i++) {
    const from = rows[i]! * width;
    // A loop, because a subarray for each row would allocate.
    for (let at = from; at < from + width; at++) out[to++] = values[at]!;
  }
}

/**
 * Runs one step of its row optimizer on every table, with the scalars of the dense step. A table changes only
 * in rows of its own ids in the batch, although it may have been fed rows for another table of the feature.
 */
export function updateTables(
  tables: ReadonlyMap<string, HostTable>,
  settings: TrainSettings,
  batch: Batch,
  gradients: Readonly<Record<string, Float32Array>>,
  scalars: Readonly<Record<string, number>>,
): void {
  const { average } = settings;
  for (const [name, table] of tables) {
    const [given, all] = [batch.tables.get(name)!, gradients[name]];
    // Without a gradient, the table is frozen, or everything that reads it is behind a `stop_gradient`.
    if (all === undefined) continue;
    const own = batch.own.get(name);
    const rows = own === undefined ? given : own.map((position) => given[position]!);
    const place = optimizerIndexOfTable(settings, name);
    const optimizer = optimizersIn(settings)[place]!;
    const update = {
      ...{ table, rows, scalars: scalarsOf(settings, place, scalars) },
      gradients: own === undefined ? all : rowsAt(all, own, table.width),
    };
    if (average !== null) catchUp(table, rows, average, scalars[STEP]!);
    optimizerOf(optimizer).rows(optimizer, update);
    const shrinking = shrinkingOfTable(settings, name);
    if (shrinking.l1 + shrinking.groupLasso > 0)
      shrinkRows(table, rows, shrinking, update.scalars["learning_rate"]!);
    if (average !== null) addChanged(table, rows, average);
  }
}

function rowsAt(values: Float32Array, positions: Int32Array, width: number): Float32Array {
  const out = new Float32Array(positions.length * width);
  for (let i = 0; i < positions.length; i++) {
    const from = positions[i]! * width;
    for (let j = 0; j < width; j++) out[i * width + j] = values[from + j]!;
  }
  return out;
}
