// The public interface of batches of rows from any source.

export { bytesInRoom, countsInBatch } from "./batches/batch-counts.ts";
export { openBatches } from "./batches/prefetch.ts";
export {
  groupsAt,
  labelNumbersIn,
  memoryRowsOf,
  occurrencesIn,
  type RowSource,
  readerOf,
  requireCounted,
  sampleOf,
  selected,
} from "./batches/row-source.ts";
export { SourceBatches } from "./batches/source-batches.ts";
