// Reads a file as if it did not contain its bad rows.

import { Findings, nothingLeft } from "../../../compiler/data/findings.ts";
import { DiagnosticError } from "../../../compiler/diagnostics/diagnostic.ts";
import { type DataFile, rowLocationsOf } from "../formats/data-file.ts";
import type { Reading } from "./reading.ts";

/** One pass over a file, with the encoders of this pass. */
export interface FilePass<Context extends FileReading = FileReading> {
  readonly reading: Context;
  readonly file: DataFile;
  readonly findings: Findings;
  /** The most rows to read. */
  readonly limit: number;
}

/** The context for finding bad rows; readers have more. */
type FileReading = Pick<Reading, "files" | "encoders">;

/** The rows of a file to read. */
export interface RowsOfFile {
  readonly path: string;
  /** The most rows to read. */
  readonly limit?: number;
  /** The word for them in messages. */
  readonly as?: "rows" | "events";
}

/** The result of reading: the number of rows. */
interface Read {
  readonly rows: number;
}

/**
 * Reads the file at `path` with `read`, which adds mistakes to the findings and throws them. If bad rows are
 * left out, the file is read twice: first to find them, with encoders whose ids are discarded, then without
 * them. The result is that of a file without the bad rows.
 */
export async function readSkippingBad<Context extends FileReading, T extends Read>(
  reading: Context,
  rows: RowsOfFile,
  read: (source: FilePass<Context>) => Promise<T>,
): Promise<T> {
  const source = await soundSource(reading, rows, read);
  const result = await read(source);
  reading.files.badRows.remark(source.findings);
  return result;
}

/** Like `readSkippingBad`, but leaves the last pass to the caller; `look` reads the rows to find bad ones. */
export async function soundSource<Context extends FileReading>(
  reading: Context,
  { path, limit = Number.POSITIVE_INFINITY, as = "rows" }: RowsOfFile,
  look: (source: FilePass<Context>) => Promise<Read>,
): Promise<FilePass<Context>> {
  const { files, encoders } = reading;
  const { badRows } = files;
  const file = await files.file(path);
  const placed = rowLocationsOf(file);
  if (badRows.policy === "fail") {
    badRows.keepRows(file.path, placed);
    return { reading, file, findings: new Findings(file.path, placed), limit };
  }
  const findings = new Findings(file.path, { ...placed, collects: true });
  let unreadable = 0;
  for (const [i, part] of file.parts.entries())
    for (const { row, reason } of part.unreadable) {
      findings.unreadable(file.places.startOf(i) + row, reason);
      unreadable += 1;
    }
  const checking = { ...reading, encoders: encoders.forChecking() };
  const { rows } = await look({ reading: checking, file, findings, limit });
  const bad = findings.badRows();
  if (bad.length === rows) throw new DiagnosticError([nothingLeft(findings, rows + unreadable)]);
  if (bad.length + unreadable > 0) badRows.note(findings, rows + unreadable, bad.length + unreadable, as);
  const sound = await files.without(file, bad);
  const left = rowLocationsOf(sound);
  badRows.keepRows(file.path, left);
  return { reading, file: sound, findings: new Findings(file.path, left), limit: limit - bad.length };
}
