// Reads a file as if it did not contain its bad rows.

import { Findings, nothingLeft } from "../../../compiler/data/findings.ts";
import { DiagnosticError } from "../../../compiler/diagnostics/diagnostic.ts";
import type { Encoders } from "../../../compiler/frontend/kinds/encoders.ts";
import { type DataFile, placedIn } from "../formats/data-file.ts";
import type { DataFiles } from "./data-files.ts";

/** What reads a file once. */
export interface Source {
  readonly file: DataFile;
  readonly findings: Findings;
  readonly encoders: Encoders;
  /** The most rows that are read. */
  readonly limit: number;
}

/** What reading gives: how many rows there were. */
interface Read {
  readonly rows: number;
}

/**
 * Reads the file at `path` by `read`, which notes what is wrong in the findings and throws them. Where bad rows are left
 * out, the file is read twice: once to find them, with encoders that teach nothing, and once without them. So what comes of
 * it is what would come of a file without them.
 */
export async function readSkippingBad<T extends Read>(
  files: DataFiles,
  path: string,
  encoders: Encoders,
  limit: number,
  read: (source: Source) => Promise<T>,
  as: "rows" | "events" = "rows",
): Promise<T> {
  const source = await soundSource(files, path, encoders, limit, read, as);
  const result = await read(source);
  files.badRows.remark(source.findings);
  return result;
}

/** The same up to what is read last: `look` reads the rows to find bad ones. */
export async function soundSource(
  files: DataFiles,
  path: string,
  encoders: Encoders,
  limit: number,
  look: (source: Source) => Promise<Read>,
  as: "rows" | "events" = "rows",
): Promise<Source> {
  const { badRows } = files;
  const file = await files.file(path);
  const placed = placedIn(file);
  if (badRows.policy === "fail") {
    badRows.keepRows(file.path, placed);
    return { file, findings: new Findings(file.path, placed), encoders, limit };
  }
  const findings = new Findings(file.path, { ...placed, collects: true });
  let unreadable = 0;
  for (const [i, part] of file.parts.entries())
    for (const { row, reason } of part.unreadable) {
      findings.unreadable(file.places.startOf(i) + row, reason);
      unreadable += 1;
    }
  const { rows } = await look({ file, findings, encoders: encoders.forChecking(), limit });
  const bad = findings.badRows();
  if (bad.length === rows) throw new DiagnosticError([nothingLeft(findings, rows + unreadable)]);
  if (bad.length + unreadable > 0) badRows.note(findings, rows + unreadable, bad.length + unreadable, as);
  const sound = await files.without(file, bad);
  const left = placedIn(sound);
  badRows.keepRows(file.path, left);
  return { file: sound, findings: new Findings(file.path, left), encoders, limit: limit - bad.length };
}
