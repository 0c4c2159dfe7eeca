// Detects data files that are not UTF-8: DuckDB would read UTF-16 as a table with other columns.

import {
  encodingOf,
  type OtherEncoding,
  toUtf8Command,
  unknownEncoding,
} from "../../../compiler/common/encoding.ts";
import { malformedFile } from "../../../compiler/diagnostics/catalog/data.ts";
import { textNotUtf8 } from "../../../compiler/diagnostics/catalog/run.ts";
import { type Details, DiagnosticError, diagnose, inData } from "../../../compiler/diagnostics/diagnostic.ts";
import { isPacked, unpackedBytes } from "./packed-file.ts";

/** Throws DiagnosticError where the first bytes tell that the file is UTF-16 or UTF-32. */
export async function refuseOtherEncoding(path: string): Promise<void> {
  const encoding = encodingOf(await firstBytes(path));
  if (encoding === null) return;
  const command = rewriting(path, encoding);
  throw new DiagnosticError([diagnose(textNotUtf8, { path, is: encoding.name, command }, inData({ path }))]);
}

/** The command that writes a file of another encoding again. */
export function rewriting(path: string, encoding: OtherEncoding): string {
  const packed = isPacked(path);
  const plain = packed ? path.slice(0, -".gz".length) : path;
  const written = plain.replace(/(\.\w+)?$/, ".utf8$1");
  return toUtf8Command(encoding, path, written, packed);
}

/** The message about bytes that are not UTF-8. */
export const NOT_UTF8 = "it is not UTF-8";

/** What to do about a file that cannot be read for this reason. */
export function helpFor(path: string, reason: string): Details {
  return reason === NOT_UTF8 ? { help: malformedFile.helps.notUtf8(rewriting(path, unknownEncoding)) } : {};
}

async function firstBytes(path: string): Promise<Uint8Array> {
  for await (const piece of unpackedBytes(path)) return piece.subarray(0, 64);
  return new Uint8Array();
}
