// Translates DuckDB's errors about unreadable files into diagnostics. No message of DuckDB reaches a user
// unchanged.

import { malformedFile } from "../../../compiler/diagnostics/catalog/data.ts";
import { diagnose, inData } from "../../../compiler/diagnostics/diagnostic.ts";
import { isNoFault, sentenceIn } from "../../duckdb/errors.ts";
import { FileFault } from "../../files/file-fault.ts";
import { helpFor, NOT_UTF8 } from "./other-encoding.ts";

/** Turns an exception of DuckDB about a file's content into a diagnostic. */
export async function failing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isNoFault(error) ? error : problemIn(path, error);
  }
}

/** The reason in an exception of DuckDB about a row, from 0; null for other messages. */
export function reasonAt(row: number, error: unknown): string | null {
  return error instanceof Error && rowIn(error.message) === row + 1 ? reasonIn(error.message) : null;
}

/**
 * The diagnostic for an exception of DuckDB about a file's content, at the location that it names or that is
 * known.
 */
export function problemIn(
  path: string,
  error: unknown,
  known: { readonly row: number; readonly column?: string } | null = null,
): FileFault {
  const text = error instanceof Error ? error.message : String(error);
  const row = rowIn(text) ?? (known === null ? null : known.row + 1);
  const column = known?.column;
  const at = { ...(row === null ? {} : { row }), ...(column === undefined ? {} : { column }) };
  const reason = reasonIn(text);
  return new FileFault(path, (file) =>
    diagnose(malformedFile, { reason }, inData({ path: file.path, ...at }), helpFor(file, reason)),
  );
}

/** The row of DuckDB's message; the first line of a CSV is not a row. */
function rowIn(text: string): number | null {
  const csv = /CSV Error on Line: (\d+)/.exec(text);
  if (csv !== null) return Math.max(1, Number(csv[1]) - 1);
  // DuckDB counts the values that it has begun to read, which is one more than those up to the damaged one.
  const json = /Malformed JSON.* in (?:line|record\/value) (\d+)/.exec(text);
  if (json !== null) return Math.max(1, Number(json[1]) - 1);
  const transformed = /JSON transform error.*?, in (?:line|record\/value) (\d+)/.exec(text);
  return transformed === null ? null : Number(transformed[1]);
}

/** The sentence of DuckDB's message with the reason. */
export function reasonIn(text: string): string {
  const counted = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(text);
  if (counted) return `the first line names ${counted[1]} columns, this one has ${counted[2]} values`;
  if (/unterminated quote/i.test(text)) return "a quote is opened and never closed";
  if (/not utf-8|invalid unicode/i.test(text)) return NOT_UTF8;
  if (/magic bytes|too small to be a Parquet/i.test(text)) return "it is not a Parquet file, or cut short";
  if (/"maximum_object_size"/.test(text))
    return "it has no end within 16 MiB: perhaps a quote is opened and never closed";
  const json = /^.*Malformed JSON.*?: (.*)$/m.exec(text.replace(/^.*?Error: /, ""));
  if (json) return `it is not JSON (${json[1]!.replace(/\.(\s*| Try auto-detecting.*)$/, "")})`;
  const damaged = /^Failed to read file ".*?": (.*)$/m.exec(text.replace(/^[A-Z][A-Za-z ]* Error: /, ""));
  if (damaged) return `its content is damaged (${damaged[1]!.replace(/\.$/, "")})`;
  return sentenceIn(text) ?? "its content is damaged";
}
