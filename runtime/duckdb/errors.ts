// Classifies DuckDB's errors: a lack of memory or disk space, or a fault of the file.

import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";

/** Whether an error is not about a file's content. */
export function isNoFault(error: unknown): boolean {
  return error instanceof DiagnosticError || isOutOfMemory(error) || isOutOfDisk(error);
}

/** Whether DuckDB lacks memory. */
export function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && /Out of Memory Error/i.test(error.message);
}

/** Whether DuckDB lacks disk space for data beyond memory. */
export function isOutOfDisk(error: unknown): boolean {
  return (
    error instanceof Error &&
    /No space left|File too large|quota exceeded|temp_directory|duckdb_temp/i.test(error.message)
  );
}

/** The first sentence of a database's error message; null if there is none. */
export function sentenceIn(text: string): string | null {
  const sentence = text
    .split("\n")
    .map((part) => part.replace(/^[A-Z][A-Za-z ]* Error:\s*/, "").trim())
    .find((part) => part !== "" && !/^(CSV Error on Line|Original Line|LINE \d+)/.test(part));
  return sentence ?? null;
}
