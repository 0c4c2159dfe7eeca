// `dinc compile --weights-only`: puts the weights of a run into the folder of an existing module, if they fit
// its program. Otherwise nothing changes.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { CompileTarget } from "../../compiler/backends/contract/backend.ts";
import { compiledBy } from "../../compiler/backends/contract/compile.ts";
import type { EmitOptions } from "../../compiler/backends/contract/emit-options.ts";
import type { CompiledModel, EmitContext, GeneratedFile } from "../../compiler/backends/contract/emitted.ts";
import type { TrainedModel } from "../../compiler/backends/contract/trained-model.ts";
import { whyOther } from "../../compiler/backends/typescript/emit-program.ts";
import type { BuildRecord } from "../../compiler/backends/typescript/package-files.ts";
import { noModuleThere, weightsOfOtherProgram } from "../../compiler/diagnostics/catalog/compile.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { writeAtomically } from "../files/atomic.ts";
import { inOneGo } from "../files/output-folder.ts";
import { unwritable } from "../files/unwritable.ts";
import { throwIfStopped, type Watch } from "./events.ts";

/** `run` is its name in messages. Returns the written files. */
export async function replaceWeights(
  trained: TrainedModel,
  run: string,
  target: CompileTarget,
  { out, context }: { readonly out: string; readonly context: EmitContext },
  watch: Watch,
): Promise<CompiledModel> {
  const there = await madeBy(out);
  const compiled = await compiledBy(target, trained, there.options, context);
  throwIfStopped(watch);
  const now = madeIn(compiled.files.get("package.json") as string)!;
  if (now.program !== there.program) {
    const parameters = { path: out, run, why: whyOther(there.parts, now.parts) };
    throw new DiagnosticError([diagnose(weightsOfOtherProgram, parameters, noLocation)]);
  }
  // The existing module must give the scores of training, even if its files were changed.
  await target.verify?.(trained, there.options, { files: compiled.files, load: (name) => loaded(out, name) });
  throwIfStopped(watch);
  watch.onEvent?.({ kind: "writing", path: out });
  const files = new Map<string, GeneratedFile>();
  for (const pattern of target.weightsFiles ?? [])
    for (const [name, content] of compiled.files) if (pattern.test(name)) files.set(name, content);
  for (const [name, content] of files)
    await writeAtomically(join(out, name), inOneGo(content)).catch((error: unknown) => {
      throw unwritable(join(out, name), error);
    });
  return { ...compiled, files };
}

let loads = 0;

async function loaded(folder: string, name: string): Promise<unknown> {
  try {
    return await import(`${pathToFileURL(join(folder, name)).href}?weights=${loads++}`);
  } catch (error) {
    throw refused(
      folder,
      `${name} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

async function madeBy(folder: string): Promise<BuildRecord> {
  const text = await readFile(join(folder, "package.json"), "utf8").catch(() => null);
  if (text === null)
    throw refused(folder, existsSync(folder) ? "it has no package.json" : "there is no such folder");
  return madeIn(text) ?? refuse(folder, "its package.json does not record how a module was compiled");
}

/** The origin recorded in a package.json; null if there is none. */
function madeIn(text: string): BuildRecord | null {
  try {
    const { dinc } = JSON.parse(text) as { readonly dinc?: Partial<BuildRecord> };
    const isWhole =
      typeof dinc?.program === "string" && typeof dinc.options === "object" && typeof dinc.parts === "object";
    return isWhole && dinc.options !== null && dinc.parts !== null ? (dinc as BuildRecord) : null;
  } catch {
    return null;
  }
}

function refuse(path: string, reason: string): never {
  throw refused(path, reason);
}

function refused(path: string, reason: string): DiagnosticError {
  return new DiagnosticError([diagnose(noModuleThere, { path, reason }, noLocation)]);
}

/** The options of the existing module. */
export function optionsGiven(options: EmitOptions): boolean {
  const { graph, tables, withoutTable = [], mode, sessions, projectedTables, bindings, singleFile } = options;
  const single = [graph, tables, mode, sessions, projectedTables, bindings, singleFile];
  return single.some((each) => each !== undefined) || withoutTable.length > 0;
}
