// The axis along which a loss sees all examples of a batch. No history may be called so where a spec uses it.

export const BATCH_AXIS = "batch";
