// The public interface of columns in memory and in files.

export { storedRows } from "./examples/stored-rows.ts";
export type { ReadingMemory } from "./storage/memory.ts";
export { BoundedOrders } from "./storage/order-file.ts";
export { BoundsWriter } from "./storage/set-writer.ts";
export { AFTER_KEYS } from "./storage/sorted-table.ts";
export { FileReader, type SpillingStore } from "./storage/spilling-store.ts";
