// The axes along which a row sees other rows: in a loss all examples of the batch, or those with the row's value
// of a feature; in predictions too, the candidates of its request. A history may not have the name of the first
// axis if the spec uses that axis, and cannot have the name of the others.

export const BATCH_AXIS = "batch";

/** The axis of the examples with the same value of the feature `by`; of all examples if it is null. */
export function batchAxis(by: string | null): string {
  return by === null ? BATCH_AXIS : `${BATCH_AXIS}(${by})`;
}

/** The axis of the candidates of a request, which share their value of the feature `by`; null if it is not known yet. */
export function candidateAxis(by: string | null): string {
  return by === null ? "candidates" : `candidates(${by})`;
}

export function isCandidateAxis(axis: string): boolean {
  return axis.startsWith("candidates(");
}

/** Tells whether the steps of an axis are rows, which have no order. */
export function isBatchAxis(axis: string): boolean {
  return axis === BATCH_AXIS || axis.startsWith(`${BATCH_AXIS}(`) || isCandidateAxis(axis);
}
