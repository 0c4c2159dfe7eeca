// The axes along which a loss sees the examples of a batch: all of them, or those with the row's value of a
// feature. A history may not have the name of the first axis if the spec uses that axis, and cannot have the
// name of the others.

export const BATCH_AXIS = "batch";

/** The axis of the examples with the same value of the feature `by`; of all examples if it is null. */
export function batchAxis(by: string | null): string {
  return by === null ? BATCH_AXIS : `${BATCH_AXIS}(${by})`;
}

export function isBatchAxis(axis: string): boolean {
  return axis === BATCH_AXIS || axis.startsWith(`${BATCH_AXIS}(`);
}
