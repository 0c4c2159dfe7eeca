// A batch of examples, as a back end is fed it.

/** One batch: what a step needs except the values of the table rows, which change from step to step. */
export interface Batch {
  readonly size: number;
  /** By history: for each packed step the example it belongs to, ascending. */
  readonly segments: Readonly<Record<string, Int32Array>>;
  /** By input that holds ids of sets: for each of them the number of the example or packed step it belongs to, ascending. */
  readonly elements: Readonly<Record<string, Int32Array>>;
  /** By table: the distinct rows that this batch reads of any table of the same feature. */
  readonly tables: Readonly<Record<string, Int32Array>>;
  /** By table that reads only some of these itself: their positions. */
  readonly own: Readonly<Record<string, Int32Array>>;
  /** By input name: positions in the distinct rows of its tables. */
  readonly ids: Readonly<Record<string, Int32Array>>;
  /** By input name, one value an example or a packed step; of vectors as many as they are wide. */
  readonly numbers: Readonly<Record<string, Float32Array>>;
  readonly labels: Readonly<Record<string, Float32Array>>;
  /** By input name: what this training step draws by chance; empty for a prediction. */
  readonly draws: Readonly<Record<string, Float32Array | Int32Array>>;
}
