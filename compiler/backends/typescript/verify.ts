// Verifies a generated module before it is complete: it must score the golden requests as training does, in
// every form that this machine can run.

import { moduleDiffers } from "../../diagnostics/catalog/compile.ts";
import { DiagnosticError, diagnose, noLocation } from "../../diagnostics/diagnostic.ts";
import type { EmbeddingSource } from "../../serve/tables.ts";
import type { EmitOptions } from "../contract/emit-options.ts";
import type { WrittenFolder } from "../contract/emitted.ts";
import { requireValues, sourceOf, type TrainedModel } from "../contract/trained-model.ts";

interface GeneratedModule {
  createRanker(options: {
    readonly weights: Uint8Array;
    readonly tables: Readonly<Record<string, EmbeddingSource>>;
    readonly backend?: "auto" | "simd" | "typescript";
    readonly wasm?: object;
    readonly checkTables?: boolean;
  }): Promise<{ verify(): number }>;
}

/** The machine's WebAssembly, whose types are declared only for browsers. */
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<object> };

export async function verifyPackage(
  trained: TrainedModel,
  { withoutTable = [] }: EmitOptions,
  { files, load }: WrittenFolder,
): Promise<void> {
  const weights = files.get("model.weights.bin") as Uint8Array;
  const tables = Object.fromEntries(
    withoutTable.map((name) => [name, sourceOf(requireValues(trained.tables, name))]),
  );
  const { createRanker } = (await load("model.js")) as GeneratedModule;
  const verify = async (form: string, options: Partial<Parameters<typeof createRanker>[0]>) => {
    try {
      const ranker = await createRanker({ weights, tables, ...options });
      // With a given module, the golden requests have already been scored.
      if (options.wasm === undefined) ranker.verify();
    } catch (error) {
      const reason = `${form}: ${error instanceof Error ? error.message : String(error)}`;
      throw new DiagnosticError([diagnose(moduleDiffers, { reason }, noLocation)]);
    }
  };
  await verify("auto", {});
  // The bytes are the same, so the tables need not be checked again.
  const checkTables = false;
  for (const backend of ["simd", "typescript"] as const) await verify(backend, { backend, checkTables });
  for (const name of ["model.wasm", "model.relaxed.wasm"]) {
    const bytes = files.get(name) as Uint8Array | undefined;
    if (bytes === undefined) continue;
    // The machine may lack the instructions.
    const wasm = await WebAssembly.compile(bytes).catch(() => null);
    if (wasm !== null) await verify(name, { wasm, checkTables });
  }
}
