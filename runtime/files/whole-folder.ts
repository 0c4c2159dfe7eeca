// Builds a folder next to its path, which replaces the path when it is complete. A kill leaves the old or the
// new folder, never a part of one.

import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { outputInUse } from "../../compiler/diagnostics/catalog/run.ts";
import {
  type Diagnostic,
  DiagnosticError,
  diagnose,
  noLocation,
} from "../../compiler/diagnostics/diagnostic.ts";
import { flushFolder, makeFolders } from "./atomic.ts";
import { partialOf, removeLeftovers, replacedOf, writing } from "./leftovers.ts";
import { unwritable } from "./unwritable.ts";

/**
 * Makes sure in advance that a folder can be written to `out`: removes leftovers of killed processes, and
 * throws DiagnosticError if `refused` says that the existing entries may not be replaced, or if another
 * process is working there. Until the returned function is called, other processes see that this one is
 * working there.
 */
export async function claimWhole(
  out: string,
  refused: (entries: readonly string[]) => Diagnostic | null,
): Promise<() => void> {
  const partial = partialOf(out, process.pid);
  const release = writing(out);
  try {
    await makeFolders(dirname(resolve(out)));
    // Only an attempt shows whether a folder can be made: permissions, read-only disks and folders such as
    // /proc prevent it.
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial);
    const [pid] = await removeLeftovers(out);
    const entries = (await entriesOf(out)) ?? [];
    const inUse = { path: out, pid: pid ?? 0, partial: partialOf(out, pid ?? 0) };
    const refusal =
      pid !== undefined
        ? diagnose(outputInUse, inUse, noLocation)
        : entries.length === 0
          ? null
          : refused(entries);
    if (refusal !== null) throw new DiagnosticError([refusal]);
  } catch (error) {
    release();
    throw unwritable(out, error);
  }
  return release;
}

/** The names in a folder; null if `path` does not exist, and `path` itself if it is a file. */
export async function entriesOf(path: string): Promise<string[] | null> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw unwritable(path, error);
  });
  if (found === null) return null;
  return found.isDirectory() ? readdir(path) : [path];
}

/** Replaces `out` by the files that `write` makes in an empty folder, whose path it gets. */
export async function putWhole(out: string, write: (partial: string) => Promise<void>): Promise<void> {
  const partial = partialOf(out, process.pid);
  await rm(partial, { recursive: true, force: true });
  await makeFolders(partial);
  await write(partial);
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
