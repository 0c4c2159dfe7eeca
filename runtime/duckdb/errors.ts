// Classifies the errors of DuckDB: for want of room, or about what it reads.

import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";

/** Whether an exception is not about a file's content. */
export function isNoFault(error: unknown): boolean {
  return error instanceof DiagnosticError || isOutOfMemory(error) || isOutOfDisk(error);
}

/** Whether DuckDB says that it has not enough memory. */
export function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && /Out of Memory Error/i.test(error.message);
}

/** Whether it says that it cannot put on disk what is more. */
export function isOutOfDisk(error: unknown): boolean {
  return (
    error instanceof Error &&
    /No space left|File too large|quota exceeded|temp_directory|duckdb_temp/i.test(error.message)
  );
}

/** The first sentence of an error of a database; null where it has none. */
export function sentenceIn(text: string): string | null {
  const sentence = text
    .split("\n")
    .map((part) => part.replace(/^[A-Z][A-Za-z ]* Error:\s*/, "").trim())
    .find((part) => part !== "" && !/^(CSV Error on Line|Original Line|LINE \d+)/.test(part));
  return sentence ?? null;
}
