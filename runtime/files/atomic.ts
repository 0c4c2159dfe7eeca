// Writes files atomically: to a temporary path, flushed to the disk, then renamed.

import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { type FileHandle, open, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { isOfSystem, refusal } from "./file-problem.ts";
import { leavingNothing, partialOf, removeLeftovers, replacedOf, writing } from "./leftovers.ts";
import { otherThanFile } from "./read-text.ts";

/** Creates `path` through `write` and flushes it; for files of a folder that is renamed as a whole later. */
export async function writeFlushed(
  path: string,
  write: string | Uint8Array | ((file: FileHandle) => Promise<void>),
): Promise<void> {
  // Made at once, so that no signal comes while it is being made: what a signal removes has to be there by then.
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
 * Replaces `path` in one step: a reader, or a kill, sees the old content or the new one. Throws an error of
 * the system's, or a refusal where something else than a file lies there, such as a device, which a file must
 * not take the place of.
 */
export async function writeAtomically(
  path: string,
  write: string | Uint8Array | ((file: FileHandle) => Promise<void>),
): Promise<void> {
  await replaceAtomically(path, (partial) => writeFlushed(partial, write));
}

/** The same, where `write` makes the file itself, by another name, and flushes it. */
export async function replaceAtomically(
  path: string,
  write: (partial: string) => Promise<void>,
): Promise<void> {
  await requireReplaceable(path);
  // A folder that may be written and not listed has none that could be told.
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

/** Throws a refusal where something else than a file lies there. */
async function requireReplaceable(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  const other = found && otherThanFile(found);
  if (other !== null) throw refusal(other);
}

/**
 * Replaces several files of one folder. All are written and flushed before the first takes its name, and the
 * renames follow each other without a pause; where one fails, those before it are undone, and what was there
 * is there again.
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

/** Makes renames in a folder survive a power cut. Where the system cannot open folders, it does so itself. */
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
 * Makes a folder and those above it that are missing. Not by mkdir's own `recursive`, which never comes back where a
 * folder exists and takes no new ones, such as /proc.
 */
export async function makeFolders(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory()) return;
  if (found !== null) throw Object.assign(new Error("ENOTDIR: not a directory"), { code: "ENOTDIR" });
  if (found === null && dirname(path) !== path) await makeFolders(dirname(path));
  try {
    // At once, so that no signal comes while it is being made: what a signal leaves nothing of has to be there by then.
    mkdirSync(path);
  } catch (error) {
    // Another process was faster.
    if (!isOfSystem(error) || error.code !== "EEXIST") throw error;
  }
}
