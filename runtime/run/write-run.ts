// Writes run folders. A run is written to a temporary path and renamed when it is complete, so a kill leaves
// the old or the new run, never a part of one.

import { join } from "node:path";
import { outputExists, outputNotRun } from "../../compiler/diagnostics/catalog/run.ts";
import { diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { flushFolder, makeFolders, writeFlushed } from "../files/atomic.ts";
import { type FileFingerprint, fingerprint } from "../files/fingerprint.ts";
import { unwritable } from "../files/unwritable.ts";
import { claimWhole, entriesOf, putWhole } from "../files/whole-folder.ts";
import { filesOfRun, manifestBytes, type RunContents } from "./run-files.ts";
import { runFiles } from "./run-folder.ts";
import { writePieces } from "./safetensors.ts";

/** Like `claimWhole`; `force` allows to replace a run. */
export function claimRun(out: string, force: boolean): Promise<() => void> {
  return claimWhole(out, (entries) => {
    if (!entries.includes(runFiles.manifest)) return diagnose(outputNotRun, { path: out }, noLocation);
    return force ? null : diagnose(outputExists, { path: out }, noLocation);
  });
}

/** Whether `path` is a run folder, which is then complete. */
export async function isRun(path: string): Promise<boolean> {
  return (await entriesOf(path))?.includes(runFiles.manifest) === true;
}

/** Writes the whole run; an existing one is replaced only with `force`. */
export async function writeRun(out: string, contents: RunContents, force: boolean): Promise<void> {
  const release = await claimRun(out, force);
  try {
    await putWhole(out, async (partial) => {
      await makeFolders(join(partial, "vocab"));
      await writeFiles(partial, contents);
      await flushFolder(join(partial, "vocab"));
    });
  } catch (error) {
    throw unwritable(out, error);
  } finally {
    release();
  }
}

async function writeFiles(folder: string, contents: RunContents): Promise<void> {
  const files: Record<string, FileFingerprint> = {};
  for (const { name, pieces, isListed } of filesOfRun(contents)) {
    const path = join(folder, name);
    await writeFlushed(path, (file) => writePieces(file, pieces));
    // From the disk.
    if (isListed) files[name] = await fingerprint(path);
  }
  await writeFlushed(join(folder, runFiles.manifest), manifestBytes({ ...contents.manifest, files }));
}
