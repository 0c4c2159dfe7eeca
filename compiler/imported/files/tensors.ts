// A weight of a checkpoint: its name, its shape, and its numbers on demand.

export interface CheckpointTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** Two names with one storage are one weight that two modules share. */
  readonly storage: string;
  /** Whether it consists of fractional numbers, as weights do; counters do not. */
  readonly isFloat: boolean;
  /** Its numbers, row-major. */
  values(): Promise<Float32Array>;
}

export function shapeText(dims: readonly number[]): string {
  return `[${dims.join(", ")}]`;
}
