// Rows in memory in the form for the trainer: every value is an id or a number, and columns are flat typed
// arrays in shared memory, so that a worker reads them without a copy. A history is stored once and
// referenced by offset.

/** The facts about rows that measuring their scores needs. */
export interface MeasuredColumns {
  readonly rows: number;
  /** By label; empty if the data have none (prediction). */
  readonly labels: ReadonlyMap<string, Float32Array>;
  /** By feature in a metric's `by`: equal numbers mean equal raw values, in the vocabulary or not. */
  readonly groups: ReadonlyMap<string, Int32Array>;
}

export interface MemoryRows extends MeasuredColumns {
  readonly kind: "memory";
  /** By feature with ids: one id per row. */
  readonly ids: ReadonlyMap<string, Int32Array>;
  /** By feature that is a set: any number of ids per row. */
  readonly sets: ReadonlyMap<string, SetRanges>;
  /** By number feature: one transformed value per row; for a vector, its width. */
  readonly numbers: ReadonlyMap<string, Float32Array>;
  readonly histories: ReadonlyMap<string, HistoryColumns>;
}

/** The set of a row is ids[start[row]] … ids[end[row] − 1]; rows may share it. */
export interface SetRanges {
  readonly ids: Int32Array;
  /** The weight of each value; null if they have none. */
  readonly weights: Float32Array | null;
  readonly start: Int32Array;
  readonly end: Int32Array;
}

/** `Numbers` is Float64Array if numbers are not transformed yet. */
export interface HistoryColumns<Numbers = Float32Array> {
  /** By field with ids: the ids of all stored steps. */
  readonly steps: ReadonlyMap<string, Int32Array>;
  /** By number field: one transformed value for each stored step; for a vector, its width. */
  readonly numbers: ReadonlyMap<string, Numbers>;
  /** By field that is a set: the sets of all stored steps. */
  readonly sets: ReadonlyMap<string, SetRanges>;
  /** The steps of each row are start[row] … end[row] − 1: at most `max`, the latest last. */
  readonly start: Int32Array;
  readonly end: Int32Array;
}
