// One batch: the inputs of a training step except the table rows, whose values change from step to step.

/** Examples with their steps and the values of their sets, packed. */
export interface PackedExamples {
  /** How many examples. */
  readonly size: number;
  /**
   * By the name of a Graph's input, one value an example, a packed step or a value of a set; of vectors as many as they are
   * wide. Ids are positions in the distinct rows of their tables.
   */
  readonly inputs: ReadonlyMap<string, Float32Array | Int32Array>;
  /** By history, or axis that follows from one: for each packed step the example it belongs to, ascending. */
  readonly segments: ReadonlyMap<string, Int32Array>;
}

export interface Batch extends PackedExamples {
  /** By table: the distinct rows that this batch reads of any table of the same feature. */
  readonly tables: ReadonlyMap<string, Int32Array>;
  /** By table that reads only some of these itself: their positions. */
  readonly own: ReadonlyMap<string, Int32Array>;
  /** The same examples in the parts that a back end works on side by side; none where it takes all at once. */
  readonly parts: readonly PackedExamples[];
  /** Whether arrays in shared memory lie in the session's `BatchRoom`. */
  readonly isInRoom?: boolean;
}

/** Room in the memory of a session for some batches, one after the other: what lies there need not be copied. */
export interface BatchRoom {
  readonly memory: SharedArrayBuffer;
  /** The first byte. */
  readonly from: number;
  /** Of a batch. */
  readonly bytes: number;
  readonly batches: number;
}

/** Gives the arrays that a batch is written into. */
export interface BatchArrays {
  ints(length: number): Int32Array;
  floats(length: number): Float32Array;
}

/** Arrays of their own, which can be handed to another thread one by one. */
export const newArrays: BatchArrays = {
  ints: (length) => new Int32Array(length),
  floats: (length) => new Float32Array(length),
};

/** Arrays in a room, or of their own where it is full. At first they hold what lay there. */
export class RoomArrays implements BatchArrays {
  private readonly room: BatchRoom;
  private batch = 0;
  private end: number;

  constructor(room: BatchRoom) {
    this.room = room;
    this.end = room.from;
  }

  /** The arrays that follow are the next batch's. Those of the batch before the last `batches` are written over. */
  nextBatch(): void {
    const { from, bytes, batches } = this.room;
    this.batch = (this.batch + 1) % batches;
    this.end = from + bytes * this.batch;
  }

  // Properties, as who builds a batch takes them out of the object.
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

/** Bytes that an array of so many numbers takes in a room: a vector may be read past its end. */
export function roomOf(length: number): number {
  return ROOM_LINE * (1 + Math.ceil((4 * length) / ROOM_LINE));
}

const ROOM_LINE = 64;
