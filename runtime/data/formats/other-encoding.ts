// Detects data files that are not UTF-8: DuckDB would read UTF-16 as a table with other columns.

import {
  encodingOf,
  type OtherEncoding,
  type Rewriting,
  toUtf8Command,
  unknownEncoding,
} from "../../../compiler/common/encoding.ts";
import { malformedFile } from "../../../compiler/diagnostics/catalog/data.ts";
import { textNotUtf8 } from "../../../compiler/diagnostics/catalog/run.ts";
import { type Details, diagnose, inData } from "../../../compiler/diagnostics/diagnostic.ts";
import { FileFault, type FileName } from "../../files/file-fault.ts";
import { decompressedBytes, isCompressed } from "./compressed-file.ts";

/** Throws DiagnosticError if the first bytes show UTF-16 or UTF-32. `isCsv`: the settings can name the encoding. */
export async function refuseOtherEncoding(path: string, isCsv: boolean): Promise<void> {
  const encoding = encodingOf(await firstBytes(path));
  if (encoding === null) return;
  throw new FileFault(path, (file) => {
    // Rows from standard input may be JSON as well.
    const setting = isCsv && file.saved === null ? encoding.csv : null;
    const parameters = { path: file.path, is: encoding.name, setting, ...rewriting(file, encoding) };
    return diagnose(textNotUtf8, parameters, inData({ path: file.path }));
  });
}

/** The command that converts a file of another encoding. */
export function rewriting({ path: named, saved }: FileName, encoding: OtherEncoding): Rewriting {
  const path = saved ?? named;
  const packed = isCompressed(path);
  const plain = packed ? path.slice(0, -".gz".length) : path;
  const written = plain.replace(/(\.\w+)?$/, ".utf8$1");
  return { command: toUtf8Command(encoding, path, written, packed), isSaved: saved !== null };
}

/** The message about bytes that are not UTF-8. */
export const NOT_UTF8 = "it is not UTF-8";

/** The help for a file that cannot be read for this reason. */
export function helpFor(file: FileName, reason: string): Details {
  return reason === NOT_UTF8 ? { help: malformedFile.helps.notUtf8(rewriting(file, unknownEncoding)) } : {};
}

async function firstBytes(path: string): Promise<Uint8Array> {
  for await (const piece of decompressedBytes(path)) return piece.subarray(0, 64);
  return new Uint8Array();
}
