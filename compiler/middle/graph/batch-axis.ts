// The axes along which a loss sees examples of a batch: all of them, or those that have the row's value of a
// feature. No history may be called as the first where a spec uses it, and none can be called as the others.

export const BATCH_AXIS = "batch";

/** Along the examples with the same value of the feature `by`; null: along all. */
export function batchAxis(by: string | null): string {
  return by === null ? BATCH_AXIS : `${BATCH_AXIS}(${by})`;
}

export function isBatchAxis(axis: string): boolean {
  return axis === BATCH_AXIS || axis.startsWith(`${BATCH_AXIS}(`);
}
