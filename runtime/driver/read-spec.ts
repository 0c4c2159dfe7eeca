// Reads a spec from the disk with its imports, and its model.

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { append } from "../../compiler/common/arrays.ts";
import { type SourceFile, sourceFile } from "../../compiler/common/source-file.ts";
import { notSpec } from "../../compiler/diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { type CheckOptions, check } from "../../compiler/frontend/check/check.ts";
import { isRowsName } from "../../compiler/frontend/config/data-formats.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { importedPaths, type UnreadableFile } from "../../compiler/frontend/modules/program.ts";
import { checkableFilesIn, isSettings } from "../files/checkable-files.ts";
import { fileProblem, isOfSystem } from "../files/file-problem.ts";
import { readText } from "../files/read-text.ts";
import { problemOfFile } from "../files/row-files.ts";
import { unreadableFile } from "../files/unreadable.ts";
import { tellDiagnostics, type Watch } from "./events.ts";

/** A spec: its path, or its text with the path for imports and messages. */
export type ModelSource = string | SourceFile;

/** The model of a spec to use; by default the spec's own, with its defaults. */
export type ModelOptions = Pick<CheckOptions, "params" | "variant">;

/** The inputs of a spec's check. */
export interface ReadSpec {
  readonly file: SourceFile;
  readonly options: CheckOptions;
}

/** Reads a spec and all of its imports. Throws DiagnosticError if the spec itself cannot be read. */
export async function readSpec(source: ModelSource): Promise<ReadSpec> {
  const file = await sourceOf(source);
  const files = new Map<string, SourceFile | UnreadableFile>();
  const waiting = importedPaths(file);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (files.has(next)) continue;
    // A file that cannot be read is reported at its import.
    const imported = await readText(next).then((text) => sourceFile(next, text), unreadableImport);
    if (imported === null) continue;
    files.set(next, imported);
    if (!("why" in imported)) append(waiting, importedPaths(imported));
  }
  return { file, options: { resolve: (wanted) => files.get(wanted) ?? null } };
}

/** The text of a spec. Throws DiagnosticError if it cannot be read. */
export async function sourceOf(source: ModelSource): Promise<SourceFile> {
  if (typeof source !== "string") return source;
  refuseOtherFiles(source);
  try {
    return sourceFile(source, await readText(source));
  } catch (error) {
    if (isOfSystem(error)) await refuseFolder(source);
    throw unreadable(source, error);
  }
}

/** A folder isn't a spec, but may have one. */
async function refuseFolder(path: string): Promise<void> {
  const names = await readdir(path).catch(() => null);
  if (names === null) return;
  const isRun = names.includes("manifest.json") && names.includes("model.din");
  const [spec] = isRun ? [join(path, "model.din")] : await checkableFilesIn(path).catch(() => []);
  const { inside, noneInside } = notSpec.helps;
  const help = spec?.endsWith(".din") === true ? inside(spec) : noneInside(path);
  const is = isRun ? "a run" : "a folder";
  throw new DiagnosticError([diagnose(notSpec, { path, is }, noLocation, { help })]);
}

/** A file that its ending calls rows or settings is not parsed as a spec. */
function refuseOtherFiles(path: string): void {
  const isOfSettings = isSettings(path);
  const isOther = /\.(?:json|toml)$/i.test(path);
  if (!(isOfSettings || isOther || isRowsName(path)) || problemOfFile(path) !== null) return;
  const { rows, settings, otherSettings } = notSpec.helps;
  const help = isOfSettings ? settings(path) : isOther ? otherSettings() : rows(path);
  const is = isOfSettings || isOther ? "settings" : "rows";
  throw new DiagnosticError([diagnose(notSpec, { path, is }, noLocation, { help })]);
}

/** The error to throw if reading `path` failed with `error`. */
export function unreadable(path: string, error: unknown): unknown {
  if (!isOfSystem(error)) return error;
  return new DiagnosticError([unreadableFile(path, fileProblem(error))]);
}

function unreadableImport(error: unknown): UnreadableFile | null {
  if (!isOfSystem(error)) throw error;
  return error.code === "ENOENT" ? null : { why: fileProblem(error) };
}

/** The model of a spec on the disk. Throws DiagnosticError if it has errors; warnings become an event. */
export async function readModel(source: ModelSource, options: ModelOptions & Watch = {}): Promise<Model> {
  return modelOf(await readSpec(source), options);
}

/** The model of a spec that was read. */
export function modelOf(spec: ReadSpec, options: ModelOptions & Watch): Model {
  const { value, diagnostics } = check(spec.file, wanting(spec, options));
  if (value === null) throw new DiagnosticError(diagnostics);
  tellDiagnostics(diagnostics, options);
  return value;
}

/** The check options for the model that the options select. */
export function wanting({ options }: ReadSpec, { params, variant }: ModelOptions): CheckOptions {
  return { ...options, ...(params === undefined ? {} : { params }), variant: variant ?? null };
}

export function withSeed(model: Model, seed: number | undefined): Model {
  return seed === undefined ? model : { ...model, train: { ...model.train, seed } };
}
