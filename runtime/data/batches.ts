// Batches out of encoded rows: histories packed without padding, each table's distinct rows once. Pure; a batch costs
// time by the values in it, whatever the size of the vocabularies, and allocates nothing by the row.

import type { Batch } from "../../compiler/backends/contract/batch.ts";
import { historyOf, shiftedSegments } from "../../compiler/middle/graph/shifted-axes.ts";
import type { BatchPlan } from "./batch-plan.ts";
import { ColumnReader } from "./columns.ts";
import type { Dataset, HistoryColumns, SetColumn } from "./dataset.ts";
import { type Chance, draw, type PlannedDraw } from "./draws.ts";
import { takeReadyRows } from "./ready-taker.ts";
import { type RowOrder, rowsAt } from "./row-order.ts";
import { takeRows } from "./row-taker.ts";
import { isDataset, type Rows } from "./rows.ts";

/** Builds batches by one plan; holds what is used again from batch to batch. */
export class BatchBuilder {
  private readonly plan: BatchPlan;
  private readonly distinct: readonly DistinctRows[];
  private readonly reader = new ColumnReader();

  constructor(plan: BatchPlan) {
    this.plan = plan;
    this.distinct = plan.vocabularies.map(({ rows }) => new DistinctRows(rows));
  }

  /** The examples order[from] … order[to − 1] of `data`, in that order; with `chance`, what their step draws. */
  build(data: Rows, order: RowOrder, from: number, to: number, chance: Chance | null = null): Batch {
    const rows = rowsAt(order, from, to, this.reader);
    if (isDataset(data)) return this.buildOf(data, rows, chance);
    const taken =
      "split" in data ? takeRows(data, this.reader, rows) : takeReadyRows(data.stored, this.reader, rows);
    return this.buildOf(
      taken,
      rows.map((_, i) => i),
      chance,
    );
  }

  private buildOf(data: Dataset, rows: Int32Array, chance: Chance | null): Batch {
    const { plan } = this;
    // Built from entries, never by assignment: `record["__proto__"] = x` adds no property.
    const segments = Object.fromEntries(
      plan.histories.map((history) => [history, segmentsOf(data, history, rows)]),
    );
    const ids = new Map<string, Int32Array>();
    const elements = new Map<string, Int32Array>();
    const tables: [table: string, rows: Int32Array][] = [];
    const own: [table: string, positions: Int32Array][] = [];
    plan.vocabularies.forEach((vocabulary, i) => {
      const distinct = this.distinct[i]!;
      distinct.clear();
      for (const { input, feature, history, set } of vocabulary.inputs) {
        if (set) {
          const rowOf = rowsOfElements(data, history, feature, rows);
          elements.set(input, rowOf);
          ids.set(input, distinct.ofElements(data, history, feature, rows, rowOf.length));
          continue;
        }
        ids.set(
          input,
          history === null
            ? distinct.ofExamples(data.ids.get(feature)!, rows)
            : distinct.ofSteps(data, history, feature, rows, segments[history]!.length),
        );
      }
      for (const { name, inputs } of vocabulary.tables) {
        // A copy each, as batches are handed from thread to thread buffer by buffer.
        const read = distinct.rows();
        tables.push([name, read]);
        if (inputs !== null)
          own.push([
            name,
            positionsIn(
              inputs.map((input) => ids.get(input)!),
              read.length,
            ),
          ]);
      }
    });
    const count = ({ rows: of }: PlannedDraw) => {
      if (of.kind !== "steps") return of.kind === "once" ? 1 : rows.length;
      const { history, shift } = historyOf(of.history);
      return shiftedSegments(segments[history]!, rows.length, shift).length;
    };
    return {
      size: rows.length,
      segments,
      elements: Object.fromEntries(elements),
      tables: Object.fromEntries(tables),
      own: Object.fromEntries(own),
      ids: Object.fromEntries(ids),
      numbers: Object.fromEntries(
        plan.numbers.map(({ input, feature, history, width }) => [
          input,
          history === null
            ? gather(data.numbers.get(feature)!, rows, data.rows)
            : gatherSteps(data.histories.get(history)!, feature, width, rows, segments[history]!.length),
        ]),
      ),
      labels: Object.fromEntries(
        plan.labels
          .filter((label) => data.labels.has(label))
          .map((label) => [label, gather(data.labels.get(label)!, rows, data.rows)]),
      ),
      draws: Object.fromEntries(
        chance === null ? [] : plan.draws.map((each) => [each.input, draw(each, count(each), chance)]),
      ),
    };
  }
}

/** What the batch after `batches` others of a stream draws from. */
export function chanceAt(chance: Chance | null, batches: number): Chance | null {
  return chance === null ? null : { ...chance, step: chance.step + batches };
}

/** The buffers of a batch, none of them shared with another batch. */
export function buffersOf(batch: Batch): ArrayBuffer[] {
  const { segments, elements, tables, own, ids, numbers, labels, draws } = batch;
  return [segments, elements, tables, own, ids, numbers, labels, draws].flatMap((arrays) =>
    Object.values(arrays).map((array) => array.buffer as ArrayBuffer),
  );
}

/** The distinct ones among `positions`, which are below `count`, ascending. */
function positionsIn(positions: readonly Int32Array[], count: number): Int32Array {
  const isIn = new Uint8Array(count);
  let distinct = 0;
  for (const each of positions)
    for (let i = 0; i < each.length; i++) {
      distinct += 1 - isIn[each[i]!]!;
      isIn[each[i]!] = 1;
    }
  const out = new Int32Array(distinct);
  for (let position = 0, at = 0; position < count; position++) if (isIn[position] === 1) out[at++] = position;
  return out;
}

/** The values of `rows` of a column of `all` rows, each a number or a vector. */
function gather(column: Float32Array, rows: Int32Array, all: number): Float32Array {
  const width = column.length / all;
  const out = new Float32Array(rows.length * width);
  if (width === 1) for (let i = 0; i < rows.length; i++) out[i] = column[rows[i]!]!;
  else
    for (let i = 0; i < rows.length; i++)
      out.set(column.subarray(rows[i]! * width, (rows[i]! + 1) * width), i * width);
  return out;
}

function gatherSteps(
  { start, end, numbers }: HistoryColumns,
  field: string,
  width: number,
  rows: Int32Array,
  steps: number,
): Float32Array {
  const column = numbers.get(field)!;
  const out = new Float32Array(steps * width);
  for (let i = 0, at = 0; i < rows.length; i++) {
    const last = end[rows[i]!]! * width;
    for (let from = start[rows[i]!]! * width; from < last; from++) out[at++] = column[from]!;
  }
  return out;
}

function segmentsOf(data: Dataset, history: string, rows: Int32Array): Int32Array {
  const { start, end } = data.histories.get(history)!;
  let steps = 0;
  for (let i = 0; i < rows.length; i++) steps += end[rows[i]!]! - start[rows[i]!]!;
  const segments = new Int32Array(steps);
  for (let i = 0, at = 0; i < rows.length; i++) {
    const next = at + end[rows[i]!]! - start[rows[i]!]!;
    segments.fill(i, at, next);
    at = next;
  }
  return segments;
}

/** The sets of a feature: by row, or by stored step of a history. */
function setsOf(data: Dataset, history: string | null, feature: string): SetColumn {
  return history === null ? data.sets.get(feature)! : data.histories.get(history)!.sets.get(feature)!;
}

/** For each value of the sets of a batch's examples, or of their steps, the number of the example or packed step. */
function rowsOfElements(
  data: Dataset,
  history: string | null,
  feature: string,
  rows: Int32Array,
): Int32Array {
  const { start, end } = setsOf(data, history, feature);
  const steps = history === null ? null : data.histories.get(history)!;
  let elements = 0;
  for (let i = 0; i < rows.length; i++) {
    const first = steps?.start[rows[i]!] ?? rows[i]!;
    const last = steps?.end[rows[i]!] ?? rows[i]! + 1;
    for (let at = first; at < last; at++) elements += end[at]! - start[at]!;
  }
  const out = new Int32Array(elements);
  for (let i = 0, row = 0, to = 0; i < rows.length; i++) {
    const first = steps?.start[rows[i]!] ?? rows[i]!;
    const last = steps?.end[rows[i]!] ?? rows[i]! + 1;
    for (let at = first; at < last; at++, row++) {
      const next = to + end[at]! - start[at]!;
      out.fill(row, to, next);
      to = next;
    }
  }
  return out;
}

/** A set of table rows in the order of their first use. Emptying it costs nothing (Briggs & Torczon 1993). */
class DistinctRows {
  /** By table row: its place in `members`, meaningful only where `members` agrees. */
  private readonly place: Int32Array;
  private members = new Int32Array(1024);
  private count = 0;

  constructor(tableRows: number) {
    this.place = new Int32Array(tableRows);
  }

  clear(): void {
    this.count = 0;
  }

  rows(): Int32Array {
    return this.members.slice(0, this.count);
  }

  ofExamples(column: Int32Array, rows: Int32Array): Int32Array {
    this.reserve(rows.length);
    const out = new Int32Array(rows.length);
    for (let i = 0; i < rows.length; i++) out[i] = this.add(column[rows[i]!]!);
    return out;
  }

  ofSteps(data: Dataset, history: string, feature: string, rows: Int32Array, length: number): Int32Array {
    this.reserve(length);
    const { start, end, steps } = data.histories.get(history)!;
    const column = steps.get(feature)!;
    const out = new Int32Array(length);
    for (let i = 0, at = 0; i < rows.length; i++) {
      const last = end[rows[i]!]!;
      for (let step = start[rows[i]!]!; step < last; step++) out[at++] = this.add(column[step]!);
    }
    return out;
  }

  ofElements(
    data: Dataset,
    history: string | null,
    feature: string,
    rows: Int32Array,
    length: number,
  ): Int32Array {
    this.reserve(length);
    const { ids, start, end } = setsOf(data, history, feature);
    const steps = history === null ? null : data.histories.get(history)!;
    const out = new Int32Array(length);
    for (let i = 0, to = 0; i < rows.length; i++) {
      const first = steps?.start[rows[i]!] ?? rows[i]!;
      const last = steps?.end[rows[i]!] ?? rows[i]! + 1;
      for (let at = first; at < last; at++)
        for (let from = start[at]!; from < end[at]!; from++) out[to++] = this.add(ids[from]!);
    }
    return out;
  }

  private add(row: number): number {
    const place = this.place[row]!;
    if (place < this.count && this.members[place] === row) return place;
    this.members[this.count] = row;
    this.place[row] = this.count;
    return this.count++;
  }

  private reserve(more: number): void {
    if (this.count + more <= this.members.length) return;
    const larger = new Int32Array(2 * (this.count + more));
    larger.set(this.members.subarray(0, this.count));
    this.members = larger;
  }
}
