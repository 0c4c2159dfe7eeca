// Temporary paths beside an output file or folder. A signal removes them, and the next process removes those
// of a killed one.

import { existsSync, renameSync } from "node:fs";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { atEnd } from "./at-end.ts";
import { removeIfPossible } from "./temporary.ts";

/** The path at which process `pid` builds the file or folder `out`. */
export const partialOf = (out: string, pid: number): string => `${resolve(out)}.partial-${pid}`;
/** The path to which process `pid` moves the folder that it replaces. */
export const replacedOf = (out: string, pid: number): string => `${resolve(out)}.replaced-${pid}`;

/**
 * Removes leftovers of ended processes next to `out`, and restores a folder that one of them was replacing.
 * Returns the other processes that are working on `out` now.
 */
export async function removeLeftovers(out: string): Promise<number[]> {
  const path = resolve(out);
  const name = basename(path);
  const others = new Set<number>();
  for (const entry of await readdir(dirname(path))) {
    const match =
      entry.startsWith(`${name}.`) && /^\.(partial|replaced)-(\d+)$/.exec(entry.slice(name.length));
    if (!match) continue;
    const pid = Number(match[2]);
    if (isAlive(pid)) {
      if (pid !== process.pid) others.add(pid);
      continue;
    }
    const leftover = join(dirname(path), entry);
    // The process was killed between the two renames of a replacement.
    if (match[1] === "replaced" && !(await exists(path))) await rename(leftover, path);
    else await rm(leftover, { recursive: true, force: true });
  }
  return [...others];
}

/**
 * Runs `work`, which writes `out`. If it fails, or the process ends meanwhile, `out` is unchanged and no
 * leftovers remain.
 */
export async function leavingNothing<T>(out: string, work: () => Promise<T>): Promise<T> {
  const end = writing(out);
  try {
    return await work();
  } finally {
    end();
  }
}

/** Like `leavingNothing`, until the returned function is called, which undoes unfinished work. */
export function writing(out: string): () => void {
  const path = resolve(out);
  const undo = () => undoAt(path);
  const forget = atEnd(undo);
  return () => {
    forget();
    undo();
  };
}

function undoAt(path: string): void {
  const replaced = replacedOf(path, process.pid);
  if (existsSync(replaced) && !existsSync(path)) renameSync(replaced, path);
  removeIfPossible(replaced);
  removeIfPossible(partialOf(path, process.pid));
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

/** Whether a process with this number is running. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
