// Builds batches from rows: histories are packed without padding, and each table's distinct rows occur once.
// The cost depends on the number of values, not on the size of vocabularies. Each value is read once, into
// the array that the step gets.

import { type Batch, type BatchArrays, newArrays, RoomArrays } from "../backends/contract/batch.ts";
import { cutParts } from "../backends/contract/batch-parts.ts";
import { appendTo } from "../common/maps.ts";
import { FIRST_ID, type Requests, UNKNOWN_ID } from "../frontend/model/model.ts";
import { lengthAlong } from "../middle/graph/derived-axes.ts";
import type { BatchPlan, PlannedAxis, PlannedBatchAxis, PlannedVocabulary } from "./batch-plan.ts";
import { drawIds, drawNoise, type PlannedNoise, type RandomStreams } from "./noise.ts";
import { batchesOfRequests } from "./requests.ts";
import type { Runs } from "./row-indices.ts";
import { type BatchSizes, type RowOrder, rowsAt, rowsIn } from "./row-order.ts";
import { type RowReader, RowValues } from "./row-reader.ts";

/** Builds batches by one plan; keeps buffers that it reuses. */
export class BatchBuilder {
  private readonly plan: BatchPlan;
  /** The arrays of the next batch. */
  arrays: BatchArrays;
  private readonly distinct: readonly DistinctIndices[];

  constructor(plan: BatchPlan, arrays: BatchArrays = newArrays) {
    this.plan = plan;
    this.arrays = arrays;
    this.distinct = plan.vocabularies.map(({ rows }) => new DistinctIndices(rows));
  }

  /** The batches of the rows `order`, each built on demand; with `streams`, with noise. */
  *batches(
    reader: RowReader,
    order: RowOrder,
    sizes: BatchSizes,
    streams: RandomStreams | null = null,
  ): Generator<Batch> {
    if (streams === null && this.plan.requests !== null) {
      yield* this.wholeRequests(this.plan.requests, reader, order);
      return;
    }
    const count = rowsIn(order);
    for (let from = 0, built = 0; from < count; built++) {
      const to = typeof sizes === "number" ? Math.min(count, from + sizes) : sizes[built]!;
      const rows = rowsAt(order, from, to, reader.files);
      yield this.gather(reader, rows, streams && { ...streams, step: streams.step + built });
      from = to;
    }
  }

  /** Batches of rows to score, with the rows of each request in one batch. */
  private *wholeRequests({ by, max }: Requests, reader: RowReader, order: RowOrder): Generator<Batch> {
    const rows = rowsAt(order, 0, rowsIn(order), reader.files);
    for (const { places, largest } of batchesOfRequests(
      new RowValues(reader, rows).group(by, newArrays.ints),
    ))
      yield {
        ...this.gather(
          reader,
          places.map((place) => rows[place]!),
        ),
        requests: { places, largest, by, max },
      };
  }

  /**
   * The batch of the examples `rows`, in that order; with `streams`, with the step's random numbers and
   * values known in training only.
   */
  gather(reader: RowReader, rows: Int32Array, streams: RandomStreams | null = null): Batch {
    const { plan, arrays } = this;
    const values = new RowValues(reader, rows);
    const inputs = new Map<string, Float32Array | Int32Array>();
    const segments = new Map(
      plan.axes.map((axis) => [axis.axis, segmentsOf(axis, rows.length, values, arrays)]),
    );
    for (const along of plan.batches) {
      const isEmpty = streams === null && along.inTraining;
      const groups = isEmpty ? null : groupsAlong(along, values, rows.length);
      const { owners, places } = rowsBeside(isEmpty ? 0 : rows.length, groups, arrays);
      segments.set(along.axis, owners);
      inputs.set(along.input, places);
    }
    const drawn = new Map<string, Int32Array>();
    for (const draw of plan.draws) {
      // Like noise, only a training step has them.
      const { ids, probabilities } = streams === null ? noneDrawn(arrays) : drawIds(draw, streams, arrays);
      drawn.set(draw.input, ids);
      if (draw.ids !== null) inputs.set(draw.ids, copied(ids, arrays));
      if (draw.probabilities !== null) inputs.set(draw.probabilities, probabilities);
    }
    const tables = new Map<string, Int32Array>();
    const own = new Map<string, Int32Array>();
    plan.vocabularies.forEach((vocabulary, i) => {
      const distinct = this.distinct[i]!;
      distinct.clear();
      if (vocabulary.isWhole) distinct.addAll();
      this.gatherIds(values, vocabulary, distinct, inputs, streams === null ? rows.length : null);
      for (const input of vocabulary.drawn) inputs.set(input, distinct.numbered(drawn.get(input)!));
      for (const { name, inputs: read } of vocabulary.tables) {
        // A copy for each table, because batches are transferred between threads buffer by buffer.
        tables.set(name, distinct.rows(arrays));
        if (read === null) continue;
        const positions = read.map((input) => inputs.get(input) as Int32Array);
        own.set(name, positionsIn(positions, tables.get(name)!.length, arrays));
      }
    });
    for (const column of plan.ids)
      inputs.set(
        column.input,
        streams === null && column.served !== undefined
          ? arrays.ints(rows.length).fill(column.served)
          : values.ids(column, arrays.ints),
      );
    for (const column of plan.numbers)
      inputs.set(
        column.input,
        streams === null && column.served !== undefined
          ? arrays.floats(rows.length * column.width).fill(column.served)
          : values.numbers(column, arrays.floats),
      );
    for (const { input, label } of plan.labels)
      if (reader.labels.includes(label)) inputs.set(input, values.label(label, arrays.floats(rows.length)));
    const count = ({ rows: of }: PlannedNoise) => {
      if (of.kind === "steps") return segments.get(of.history)!.length;
      return of.kind === "once" ? 1 : rows.length;
    };
    if (streams !== null)
      for (const each of plan.noise) {
        const rowOf = each.rows.kind === "steps" ? segments.get(each.rows.history)! : null;
        inputs.set(each.input, drawNoise(each, count(each), streams, arrays, rowOf));
      }
    const packed = { size: rows.length, inputs, segments };
    const parts = plan.parts === null ? [] : cutParts(packed, plan.parts, arrays);
    return { ...packed, tables, own, parts, isInRoom: arrays instanceof RoomArrays };
  }

  private gatherIds(
    values: RowValues,
    vocabulary: PlannedVocabulary,
    distinct: DistinctIndices,
    inputs: Map<string, Float32Array | Int32Array>,
    /** The number of rows to score; null for training. */
    scored: number | null,
  ): void {
    const { ints, floats } = this.arrays;
    for (const column of vocabulary.inputs) {
      if (scored !== null && column.served !== undefined) {
        const count = column.owner === null ? scored : 0;
        inputs.set(column.input, distinct.numbered(ints(count).fill(column.served)));
        if (column.owner !== null) inputs.set(column.owner, ints(0));
        if (column.weights !== null) inputs.set(column.weights, floats(0));
      } else if (column.owner === null) inputs.set(column.input, distinct.numbered(values.ids(column, ints)));
      else {
        const { ids, runs } = values.sets(column, ints);
        inputs.set(column.input, distinct.numbered(ids));
        inputs.set(column.owner, ownersOf(runs, ints(ids.length)));
        if (column.weights !== null) inputs.set(column.weights, values.weights(column, runs, floats)!);
      }
    }
  }
}

function copied(ids: Int32Array, { ints }: BatchArrays): Int32Array {
  const copy = ints(ids.length);
  copy.set(ids);
  return copy;
}

/** Arrays of their own, because a batch gives its arrays away. */
function noneDrawn({ ints, floats }: BatchArrays): ReturnType<typeof drawIds> {
  return { ids: ints(0), probabilities: floats(0) };
}

/** The buffers that belong to a batch alone. */
export function buffersOf({ inputs, segments, tables, own, parts }: Batch): ArrayBuffer[] {
  const maps = [inputs, segments, tables, own, ...parts.flatMap((part) => [part.inputs, part.segments])];
  const buffers = maps.flatMap((arrays) => [...arrays.values()].map(({ buffer }) => buffer));
  return [...new Set(buffers)].filter((buffer) => buffer instanceof ArrayBuffer);
}

/** The example of each step of an axis. */
function segmentsOf(
  { axis, histories }: PlannedAxis,
  rows: number,
  values: RowValues,
  { ints }: BatchArrays,
): Int32Array {
  const runs = new Map(histories.map((history) => [history, values.stepsOf(history).runs.offsets]));
  if (histories[0] === axis) {
    const own = runs.get(axis)!;
    return ownersOf({ offsets: own }, ints(own.at(-1)!));
  }
  const length = lengthAlong(axis);
  const offsets = new Int32Array(rows + 1);
  for (let row = 0; row < rows; row++) {
    const own = (history: string) => runs.get(history)![row + 1]! - runs.get(history)![row]!;
    offsets[row + 1] = offsets[row]! + length(own);
  }
  return ownersOf({ offsets }, ints(offsets.at(-1)!));
}

/**
 * The group of each row along an axis, `UNKNOWN_ID` for a row without a group; null if all rows are one
 * group.
 */
function groupsAlong({ by, present }: PlannedBatchAxis, values: RowValues, rows: number): Int32Array | null {
  if (by === null && present.length === 0) return null;
  const groups = by === null ? new Int32Array(rows).fill(FIRST_ID) : values.group(by, newArrays.ints);
  for (const column of present)
    for (const [row, isThere] of values.label(column, new Float32Array(rows)).entries())
      if (isThere === 0) groups[row] = UNKNOWN_ID;
  return groups;
}

/** For each of `count` rows, the numbers of all rows, or with `groups` of those in its group. */
function rowsBeside(
  count: number,
  groups: Int32Array | null,
  { ints }: BatchArrays,
): { readonly owners: Int32Array; readonly places: Int32Array } {
  const all = Int32Array.from({ length: count }, (_, row) => row);
  const members = new Map<number, number[]>();
  for (const row of groups === null ? [] : all) {
    const group = groups![row]!;
    appendTo(members, group, row);
  }
  const beside = (row: number): ArrayLike<number> => {
    if (groups === null) return all;
    return groups[row] === UNKNOWN_ID ? [row] : members.get(groups[row]!)!;
  };
  const steps = all.reduce((sum, row) => sum + beside(row).length, 0);
  const [owners, places] = [ints(steps), ints(steps)];
  let step = 0;
  for (const row of all) {
    const own = beside(row);
    owners.fill(row, step, step + own.length);
    places.set(own, step);
    step += own.length;
  }
  return { owners, places };
}

/** For each value in runs, the index of its run. */
function ownersOf({ offsets }: Pick<Runs, "offsets">, out: Int32Array): Int32Array {
  for (let i = 0; i + 1 < offsets.length; i++) out.fill(i, offsets[i]!, offsets[i + 1]!);
  return out;
}

/** The distinct ones among `positions`, ascending; all are below `count`. */
function positionsIn(positions: readonly Int32Array[], count: number, { ints }: BatchArrays): Int32Array {
  const isIn = new Uint8Array(count);
  let distinct = 0;
  for (const each of positions)
    for (let i = 0; i < each.length; i++) {
      distinct += 1 - isIn[each[i]!]!;
      isIn[each[i]!] = 1;
    }
  const out = ints(distinct);
  for (let position = 0, at = 0; position < count; position++) if (isIn[position] === 1) out[at++] = position;
  return out;
}

/**
 * A set of table rows in the order of their first use. Clearing it takes constant time (Briggs & Torczon
 * 1993).
 */
class DistinctIndices {
  /** By table row: its index in `members`; valid only if `members` agrees. */
  private readonly place: Int32Array;
  private members = new Int32Array(1024);
  private count = 0;

  constructor(tableRows: number) {
    this.place = new Int32Array(tableRows);
  }

  clear(): void {
    this.count = 0;
  }

  /** Adds all rows but that of `PAD_ID`, which no value has. */
  addAll(): void {
    this.reserve(this.place.length);
    for (let row = UNKNOWN_ID; row < this.place.length; row++) this.add(row);
  }

  rows({ ints }: BatchArrays): Int32Array {
    const rows = ints(this.count);
    rows.set(this.members.subarray(0, this.count));
    return rows;
  }

  /** Replaces table rows by their positions among the distinct ones. */
  numbered(rows: Int32Array): Int32Array {
    this.reserve(rows.length);
    for (let i = 0; i < rows.length; i++) rows[i] = this.add(rows[i]!);
    return rows;
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
