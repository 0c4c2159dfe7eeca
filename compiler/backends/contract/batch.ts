// One batch: the inputs of a training step except the table rows, whose values change from step to step.

import type { Requests } from "../../frontend/model/model.ts";

/** Examples with their steps and set values, packed. */
export interface PackedExamples {
  /** The number of examples. */
  readonly size: number;
  /**
   * By the name of a Graph's input: one value for each example, packed step or set value; for vectors, their
   * width. Ids are positions in the distinct rows of their tables.
   */
  readonly inputs: ReadonlyMap<string, Float32Array | Int32Array>;
  /** By history, or by an axis derived from one: the example of each packed step, ascending. */
  readonly segments: ReadonlyMap<string, Int32Array>;
}

export interface Batch extends PackedExamples {
  /** By table: the distinct rows that this batch reads in the tables of its feature. */
  readonly tables: ReadonlyMap<string, Int32Array>;
  /** By table that reads only some of these rows: their positions. */
  readonly own: ReadonlyMap<string, Int32Array>;
  /**
   * The same examples in the parts that a back end computes side by side; empty if it takes the whole batch.
   */
  readonly parts: readonly PackedExamples[];
  /** Whether the arrays are in the session's `BatchRoom`, in shared memory. */
  readonly isInRoom?: boolean;
  /** For rows to score, if their scores depend on the other candidates of their requests. */
  readonly requests?: WholeRequests;
}

/** The requests whose rows are in a batch, all of them. */
export interface WholeRequests extends Requests {
  /** By example: its place among the rows to score. */
  readonly places: Int32Array;
  /** The number of rows of the largest request. */
  readonly largest: number;
}

/**
 * Space in the memory of a session for some batches, one after the other. Batches in it need not be copied.
 */
export interface BatchRoom {
  readonly memory: SharedArrayBuffer;
  /** The address of its first byte. */
  readonly from: number;
  /** The size of a batch in bytes. */
  readonly bytes: number;
  readonly batches: number;
}

/** Provides the arrays that a batch is written into. */
export interface BatchArrays {
  ints(length: number): Int32Array;
  floats(length: number): Float32Array;
}

/** Separate arrays, each of which can be transferred to another thread. */
export const newArrays: BatchArrays = {
  ints: (length) => new Int32Array(length),
  floats: (length) => new Float32Array(length),
};

/** Arrays in a room, or separate ones if it is full. They are not cleared. */
export class RoomArrays implements BatchArrays {
  private readonly room: BatchRoom;
  private batch = 0;
  private end: number;

  constructor(room: BatchRoom) {
    this.room = room;
    this.end = room.from;
  }

  /** Starts the next batch. Its arrays overwrite those of the batch `batches` batches earlier. */
  nextBatch(): void {
    const { from, bytes, batches } = this.room;
    this.batch = (this.batch + 1) % batches;
    this.end = from + bytes * this.batch;
  }

  // A property, because builders of batches destructure the object.
  readonly ints = (length: number): Int32Array => {
    const at = this.reserve(length);
    return at === null ? newArrays.ints(length) : new Int32Array(this.room.memory, at, length);
  };

  readonly floats = (length: number): Float32Array => {
    const at = this.reserve(length);
    return at === null ? newArrays.floats(length) : new Float32Array(this.room.memory, at, length);
  };

  private reserve(length: number): number | null {
    const { from, bytes } = this.room;
    const at = this.end;
    const end = at + roomOf(length);
    if (end > from + bytes * (this.batch + 1)) return null;
    this.end = end;
    return at;
  }
}

/**
 * The bytes in a room of an array with `length` numbers, with padding because vector loads may read past its
 * end.
 */
export function roomOf(length: number): number {
  return ROOM_LINE * (1 + Math.ceil((4 * length) / ROOM_LINE));
}

const ROOM_LINE = 64;
