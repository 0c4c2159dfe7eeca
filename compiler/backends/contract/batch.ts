// One batch: the inputs of a training step except the table rows, whose values change from step to step.

/** Examples with their steps and the values of their sets, packed. */
export interface PackedRows {
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

export interface Batch extends PackedRows {
  /** By table: the distinct rows that this batch reads of any table of the same feature. */
  readonly tables: ReadonlyMap<string, Int32Array>;
  /** By table that reads only some of these itself: their positions. */
  readonly own: ReadonlyMap<string, Int32Array>;
  /** The same examples in the parts that a back end works on side by side; none where it takes all at once. */
  readonly parts: readonly PackedRows[];
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
