// Reads a file as if it did not contain its bad rows.

import { Findings, nothingLeft } from "../../../compiler/data/findings.ts";
import { DiagnosticError } from "../../../compiler/diagnostics/diagnostic.ts";
import { type DataFile, rowLocationsOf } from "../formats/data-file.ts";
import type { Reading } from "./reading.ts";

/** A file that is read once, with the encoders of this pass. */
export interface FilePass<Context extends FileReading = FileReading> {
  readonly reading: Context;
  readonly file: DataFile;
  readonly findings: Findings;
  /** The most rows that are read. */
  readonly limit: number;
}

/** All that is needed to look for bad rows; readers have more. */
type FileReading = Pick<Reading, "files" | "encoders">;

/** Which rows of which file are read. */
export interface RowsOfFile {
  readonly path: string;
  /** The most rows that are read. */
  readonly limit?: number;
  /** How messages call them. */
  readonly as?: "rows" | "events";
}

/** The result of reading: how many rows there were. */
interface Read {
  readonly rows: number;
}

/**
 * Reads the file at `path` by `read`, which notes what is wrong in the findings and throws them. Where bad rows are left
 * out, the file is read twice: once to find them, with encoders that teach nothing, and once without them. So what comes of
 * it is what would come of a file without them.
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

/** The same up to what is read last: `look` reads the rows to find bad ones. */
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
