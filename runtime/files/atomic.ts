// Writes files atomically: to a temporary path, flushed to disk, then renamed.

import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { type FileHandle, open, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { isOfSystem, refusal } from "./file-problem.ts";
import { leavingNothing, partialOf, removeLeftovers, replacedOf, writing } from "./leftovers.ts";
import { otherThanFile } from "./read-text.ts";

/** Creates `path` with `write` and flushes it; for files in a folder that is renamed as a whole later. */
export async function writeFlushed(
  path: string,
  write: string | Uint8Array | ((file: FileHandle) => Promise<void>),
): Promise<void> {
  // Created synchronously, so that no signal interrupts it: the file must exist before a signal can remove
  // it.
  closeSync(openSync(path, "w"));
  const file = await open(path, "r+");
  try {
    if (typeof write === "function") await write(file);
    else await file.writeFile(write);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Replaces `path` in one step: readers see the old or the new content, even after a kill. Throws an error of
 * the system, or a refusal if the path is not a file, such as a device, which must not be replaced.
 */
export async function writeAtomically(
  path: string,
  write: string | Uint8Array | ((file: FileHandle) => Promise<void>),
): Promise<void> {
  await replaceAtomically(path, (partial) => writeFlushed(partial, write));
}

/** Like `writeAtomically`, but `write` creates the file under another name and flushes it. */
export async function replaceAtomically(
  path: string,
  write: (partial: string) => Promise<void>,
): Promise<void> {
  await requireReplaceable(path);
  // In a folder that can be written but not listed, leftovers cannot be found.
  await removeLeftovers(path).catch((error: unknown) => {
    if (!isOfSystem(error)) throw error;
  });
  await leavingNothing(path, async () => {
    const partial = partialOf(path, process.pid);
    await write(partial);
    await rename(partial, path);
  });
  await flushFolder(dirname(path));
}

/** Throws a refusal if the path exists and is not a file. */
async function requireReplaceable(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  const other = found && otherThanFile(found);
  if (other !== null) throw refusal(other);
}

/**
 * Replaces several files of one folder. All are written and flushed before the first is renamed, and the
 * renames follow each other immediately. If one fails, the earlier ones are undone.
 */
export async function writeTogether(
  files: readonly { readonly path: string; readonly write: Parameters<typeof writeFlushed>[1] }[],
): Promise<void> {
  const ends = files.map(({ path }) => writing(path));
  try {
    for (const { path, write } of files) {
      await requireReplaceable(path);
      await writeFlushed(partialOf(path, process.pid), write);
    }
    renameTogether(files.map(({ path }) => path));
  } finally {
    for (const end of ends) end();
  }
  for (const folder of new Set(files.map(({ path }) => dirname(path)))) await flushFolder(folder);
}

function renameTogether(paths: readonly string[]): void {
  const undo: (() => void)[] = [];
  const kept: string[] = [];
  try {
    for (const path of paths) {
      const old = replacedOf(path, process.pid);
      if (existsSync(path)) {
        renameSync(path, old);
        kept.push(old);
        undo.push(() => renameSync(old, path));
      }
      renameSync(partialOf(path, process.pid), path);
      undo.push(() => rmSync(path));
    }
  } catch (error) {
    for (const back of undo.reverse()) back();
    throw error;
  }
  for (const old of kept) rmSync(old);
}

/** Makes renames in a folder survive a power failure. Systems that cannot open folders do this themselves. */
export async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => null);
  if (folder === null) return;
  try {
    await folder.sync().catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EPERM" && error.code !== "EINVAL" && error.code !== "EISDIR") throw error;
    });
  } finally {
    await folder.close();
  }
}

/**
 * Makes a folder and its missing parents. The option `recursive` of mkdir never returns for a folder that
 * exists but takes no new ones, such as /proc.
 */
export async function makeFolders(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory()) return;
  if (found !== null) throw Object.assign(new Error("ENOTDIR: not a directory"), { code: "ENOTDIR" });
  if (found === null && dirname(path) !== path) await makeFolders(dirname(path));
  try {
    // Created synchronously, so that no signal interrupts it: the folder must exist before a signal can
    // remove it.
    mkdirSync(path);
  } catch (error) {
    // Another process created it first.
    if (!isOfSystem(error) || error.code !== "EEXIST") throw error;
  }
}
