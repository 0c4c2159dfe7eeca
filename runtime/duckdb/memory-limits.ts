// What DuckDB may take of memory and threads.

import { availableParallelism } from "node:os";

/** What DuckDB may take. */
export interface MemoryLimits {
  readonly bytes: number;
  /** Where it puts what is more. */
  readonly folder: string;
}

/** Each thread needs memory of its own to be of use. */
const BYTES_A_THREAD = 128 * 2 ** 20;

/** Of an instance that keeps to them. */
export function duckDbSettings({ bytes, folder }: MemoryLimits): Record<string, string> {
  const threads = Math.max(1, Math.min(availableParallelism(), Math.floor(bytes / BYTES_A_THREAD)));
  return { memory_limit: `${bytes}B`, temp_directory: folder, threads: String(threads) };
}
