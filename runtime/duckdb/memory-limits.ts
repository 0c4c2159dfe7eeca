// Limits the memory and threads of DuckDB.

import { availableParallelism } from "node:os";

/** The limits of DuckDB. */
export interface MemoryLimits {
  readonly bytes: number;
  /** The folder for data beyond the memory. */
  readonly folder: string;
}

/** The memory that each thread needs. */
const BYTES_A_THREAD = 128 * 2 ** 20;

/** The settings of an instance with these limits. */
export function duckDbSettings({ bytes, folder }: MemoryLimits): Record<string, string> {
  const threads = Math.max(1, Math.min(availableParallelism(), Math.floor(bytes / BYTES_A_THREAD)));
  return { memory_limit: `${bytes}B`, temp_directory: folder, threads: String(threads) };
}
