// Writes run folders. A run is written to a temporary path and renamed when complete: a kill leaves the old run or the new one,
// never a part of one.

import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { outputExists, outputInUse, outputNotRun } from "../../compiler/diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { fittedTexts } from "../data/fitted-files.ts";
import { flushFolder, makeFolders, writeFlushed } from "../files/atomic.ts";
import { type FileFingerprint, fingerprint } from "../files/fingerprint.ts";
import { partialOf, removeLeftovers, replacedOf, writing } from "../files/leftovers.ts";
import { unwritable } from "../files/unwritable.ts";
import {
  MANIFEST_VERSION,
  type Manifest,
  type ManifestContents,
  type Run,
  runFiles,
  TABLE_PREFIX,
} from "./run-folder.ts";
import { type Tensor, writeSafetensors } from "./safetensors.ts";
import { sealed, UNSEALED } from "./seal.ts";

export interface RunContents extends Omit<Run, "manifest"> {
  readonly manifest: ManifestContents;
  /** One line of `metrics.jsonl` each. */
  readonly evaluations: readonly object[];
  /** The text of `report.html`. */
  readonly report: string;
}

/**
 * Makes sure that a run can be written to `out`, before any time is spent on it: removes what killed processes
 * left beside it, and throws DiagnosticError where something is there that may not be replaced, or another process is
 * making a run there. Until what it gives is called, others learn the same of this one.
 */
export async function claimRun(out: string, force: boolean): Promise<() => void> {
  const partial = partialOf(out, process.pid);
  const release = writing(out);
  try {
    await makeFolders(dirname(resolve(out)));
    // Only making something tells whether it can be made: permissions, read-only disks, folders such as /proc.
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial);
    await refuseTaken(out, await removeLeftovers(out), force);
  } catch (error) {
    release();
    throw unwritable(out, error);
  }
  return release;
}

async function refuseTaken(out: string, others: readonly number[], force: boolean): Promise<void> {
  const [pid] = others;
  if (pid !== undefined)
    throw refuse(diagnose(outputInUse, { path: out, pid, partial: partialOf(out, pid) }, noLocation));
  const entries = await entriesOf(out);
  if (entries === null || entries.length === 0) return;
  if (!entries.includes(runFiles.manifest)) throw refuse(diagnose(outputNotRun, { path: out }, noLocation));
  if (!force) throw refuse(diagnose(outputExists, { path: out }, noLocation));
}

const refuse = (diagnostic: ReturnType<typeof diagnose>) => new DiagnosticError([diagnostic]);

/** Names in a folder; null where there is nothing at `path`, and the path itself where it is a file. */
async function entriesOf(path: string): Promise<string[] | null> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw unwritable(path, error);
  });
  if (found === null) return null;
  return found.isDirectory() ? readdir(path) : [path];
}

/** Whether `path` is a run folder, which is complete then. */
export async function isRun(path: string): Promise<boolean> {
  return (await entriesOf(path))?.includes(runFiles.manifest) === true;
}

/** Writes the whole run; an existing one is replaced only with `force`. */
export async function writeRun(out: string, contents: RunContents, force: boolean): Promise<void> {
  const release = await claimRun(out, force);
  try {
    await putRun(out, contents);
  } catch (error) {
    throw unwritable(out, error);
  } finally {
    release();
  }
}

async function putRun(out: string, contents: RunContents): Promise<void> {
  const partial = partialOf(out, process.pid);
  await rm(partial, { recursive: true, force: true });
  await makeFolders(join(partial, "vocab"));
  await writeFiles(partial, contents);
  await flushFolder(join(partial, "vocab"));
  await flushFolder(partial);
  await install(out, partial);
  await flushFolder(dirname(resolve(out)));
}

async function install(out: string, partial: string): Promise<void> {
  const path = resolve(out);
  if ((await entriesOf(path)) === null) return rename(partial, path);
  const replaced = replacedOf(out, process.pid);
  await rename(path, replaced);
  await rename(partial, path);
  await rm(replaced, { recursive: true, force: true });
}

async function writeFiles(folder: string, contents: RunContents): Promise<void> {
  const { spec, fitted, evaluations, report } = contents;
  await writeFlushed(join(folder, runFiles.spec), spec.text);
  for (const [name, text] of fittedTexts(fitted)) await writeFlushed(join(folder, name), text);
  await writeFlushed(join(folder, runFiles.weights), (file) => writeSafetensors(file, tensorsOf(contents)));
  await writeFlushed(
    join(folder, runFiles.metrics),
    evaluations.map((evaluation) => `${JSON.stringify(evaluation)}\n`).join(""),
  );
  await writeFlushed(join(folder, runFiles.report), report);
  const relied = [
    runFiles.spec,
    runFiles.fitted,
    runFiles.weights,
    ...[...fitted.vocabularies.keys()].map(runFiles.vocabulary),
  ];
  const files: Record<string, FileFingerprint> = {};
  for (const name of relied) files[name] = await fingerprint(join(folder, name));
  await writeFlushed(join(folder, runFiles.manifest), manifestBytes({ ...contents.manifest, files }));
}

/** The manifest, sealed. */
export function manifestBytes(manifest: Omit<Manifest, "version" | "checksum">): Buffer {
  const whole: Manifest = { ...manifest, version: MANIFEST_VERSION, checksum: UNSEALED };
  const { version, checksum, ...rest } = whole;
  return sealed(Buffer.from(`${JSON.stringify({ version, checksum, ...rest }, null, 2)}\n`));
}

function tensorsOf({ tables, parameters }: RunContents): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  for (const { name, rows, width, values } of tables)
    tensors.set(`${TABLE_PREFIX}${name}`, { dims: [rows, width], values });
  for (const [name, tensor] of parameters) tensors.set(name, tensor);
  return tensors;
}
