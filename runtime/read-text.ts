// Reads texts that a person wrote: specs and dinc.yaml.

import { readFile } from "node:fs/promises";
import { textNotUtf8 } from "../compiler/diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, nowhere } from "../compiler/diagnostics/diagnostic.ts";
import { decoded, toUtf8 } from "../compiler/source/encoding.ts";
import { inShell } from "./shell.ts";

/** Throws what reading throws, or DiagnosticError where the file is not UTF-8. */
export async function readText(path: string): Promise<string> {
  return textOfBytes(await readFile(path), path, true);
}

/** `path` is what the bytes were read from. */
export function textOfBytes(bytes: Uint8Array, path: string, isFile: boolean): string {
  const text = decoded(bytes);
  if (typeof text === "string") return text;
  const written = inShell(path.replace(/(\.\w+)?$/, ".utf8$1"));
  const help = isFile ? toUtf8(text, inShell(path), written) : "pass it on as UTF-8";
  throw new DiagnosticError([diagnose(textNotUtf8, { path, is: text.name }, nowhere, { help })]);
}
