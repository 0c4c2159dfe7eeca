// Looks at a generated folder before it is called complete: its files are what was to be written, and its module scores the
// golden requests as training does, in every form that this machine can run.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { moduleDiffers } from "../../compiler/diagnostics/catalog/compile.ts";
import { DiagnosticError, diagnose, nowhere } from "../../compiler/diagnostics/diagnostic.ts";
import { fingerprint } from "../files/fingerprint.ts";
import { digestOf, type GeneratedFiles } from "../files/output-folder.ts";
import type { EmbeddingSource } from "../serve/tables.ts";

interface GeneratedModule {
  createRanker(options: {
    readonly weights: Uint8Array;
    readonly tables: Readonly<Record<string, EmbeddingSource>>;
    readonly backend?: "auto" | "simd" | "typescript";
    readonly wasm?: object;
  }): Promise<{ verify(): number }>;
}

/** Of Node's own, whose types come with those of browsers only. */
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<object> };

/** A module is loaded once for each name. */
let loaded = 0;

/** `tables` has rows of those that are not among the weights. Throws DiagnosticError where anything differs. */
export async function checkFolder(
  folder: string,
  files: GeneratedFiles,
  tables: Readonly<Record<string, EmbeddingSource>>,
): Promise<void> {
  for (const [name, content] of files)
    if ((await fingerprint(join(folder, name))).hash !== digestOf(content))
      throw differs(`${name} is not on the disk as it was written`);
  const weights = files.get("model.weights.bin");
  if (!(weights instanceof Uint8Array)) return;
  const url = `${pathToFileURL(join(folder, "model.js"))}?${loaded++}`;
  const { createRanker }: GeneratedModule = await import(url);
  const verify = async (form: string, options: Partial<Parameters<typeof createRanker>[0]>) => {
    try {
      (await createRanker({ weights, tables, ...options })).verify();
    } catch (error) {
      throw differs(`${form}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  for (const backend of ["auto", "simd", "typescript"] as const) await verify(backend, { backend });
  for (const name of ["model.wasm", "model.relaxed.wasm"]) {
    if (!files.has(name)) continue;
    // A machine may not have the instructions.
    const wasm = await WebAssembly.compile(await readFile(join(folder, name))).catch(() => null);
    if (wasm !== null) await verify(name, { wasm });
  }
}

function differs(reason: string): DiagnosticError {
  return new DiagnosticError([diagnose(moduleDiffers, { reason }, nowhere)]);
}
