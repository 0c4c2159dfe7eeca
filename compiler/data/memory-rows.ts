// Rows in memory as the trainer sees them: every value already an id or a number, columns as flat typed arrays over shared
// memory so that a worker reads them without a copy. A history is stored once and referred to by offset.

/** What there is to know of rows to measure scores of them. */
export interface MeasuredColumns {
  readonly rows: number;
  /** By label; empty where the data has none (prediction). */
  readonly labels: ReadonlyMap<string, Float32Array>;
  /** By feature that a metric groups `by`: equal numbers mean equal raw values, known to the vocabulary or not. */
  readonly groups: ReadonlyMap<string, Int32Array>;
}

export interface MemoryRows extends MeasuredColumns {
  readonly kind: "memory";
  /** By feature with ids: one id a row. */
  readonly ids: ReadonlyMap<string, Int32Array>;
  /** By feature that is a set: any number of ids a row. */
  readonly sets: ReadonlyMap<string, SetRanges>;
  /** By number feature: one value per row, transformed; by vector as many as it is wide. */
  readonly numbers: ReadonlyMap<string, Float32Array>;
  readonly histories: ReadonlyMap<string, HistoryColumns>;
}

/** The set of a row is ids[start[row]] … ids[end[row] − 1]; rows may share it. */
export interface SetRanges {
  readonly ids: Int32Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
}

/** `Numbers` is a Float64Array where numbers are not transformed yet. */
export interface HistoryColumns<Numbers = Float32Array> {
  /** By field with ids: those of all stored steps. */
  readonly steps: ReadonlyMap<string, Int32Array>;
  /** By number field: one value for each stored step, transformed; by vector as many as it is wide. */
  readonly numbers: ReadonlyMap<string, Numbers>;
  /** By field that is a set: the sets of all stored steps. */
  readonly sets: ReadonlyMap<string, SetRanges>;
  /** For each row its steps are start[row] … end[row] − 1, at most `max` of them, latest last. */
  readonly start: Int32Array;
  readonly end: Int32Array;
}
