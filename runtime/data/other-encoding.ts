// A text of data that is no UTF-8: DuckDB takes UTF-16 for a table of other columns.

import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { textNotUtf8 } from "../../compiler/diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, inData } from "../../compiler/diagnostics/diagnostic.ts";
import { encodingOf, type OtherEncoding, toUtf8 } from "../../compiler/source/encoding.ts";
import { inShell } from "../shell.ts";

/** Throws DiagnosticError where the first bytes tell that the file is UTF-16 or UTF-32. */
export async function refuseOtherEncoding(path: string): Promise<void> {
  const encoding = encodingOf(await firstBytes(path));
  if (encoding === null) return;
  const help = rewriting(path, encoding);
  throw new DiagnosticError([diagnose(textNotUtf8, { path, is: encoding.name }, inData({ path }), { help })]);
}

/** How to write a file of another encoding again. */
export function rewriting(path: string, encoding: OtherEncoding): string {
  const isPacked = path.toLowerCase().endsWith(".gz");
  const plain = isPacked ? path.slice(0, -".gz".length) : path;
  const written = inShell(plain.replace(/(\.\w+)?$/, ".utf8$1"));
  return toUtf8(encoding, inShell(path), written, isPacked);
}

async function firstBytes(path: string): Promise<Uint8Array> {
  const isPacked = path.toLowerCase().endsWith(".gz");
  const file = createReadStream(path, { end: isPacked ? 1 << 16 : 63 });
  const bytes = isPacked ? file.pipe(createGunzip()) : file;
  try {
    for await (const piece of bytes as AsyncIterable<Uint8Array>) return piece.subarray(0, 64);
    return new Uint8Array();
  } finally {
    file.destroy();
    bytes.destroy();
  }
}
