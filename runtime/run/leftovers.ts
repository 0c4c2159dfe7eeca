// What a killed process leaves beside the folder that it was writing, and how the next one cleans up.

import { readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";

/** Where process `pid` builds the folder `out`. */
export const partialOf = (out: string, pid: number): string => `${resolve(out)}.partial-${pid}`;
/** Where process `pid` keeps the folder that it is about to replace. */
export const replacedOf = (out: string, pid: number): string => `${resolve(out)}.replaced-${pid}`;

/** Removes what processes that are no more left beside `out`; a folder that one of them was replacing comes back. */
export async function removeLeftovers(out: string): Promise<void> {
  const path = resolve(out);
  const name = basename(path);
  for (const entry of await readdir(dirname(path))) {
    const match =
      entry.startsWith(`${name}.`) && /^\.(partial|replaced)-(\d+)$/.exec(entry.slice(name.length));
    if (!match || isAlive(Number(match[2]))) continue;
    const leftover = join(dirname(path), entry);
    // Killed between the two renames of a replacement.
    if (match[1] === "replaced" && !(await exists(path))) await rename(leftover, path);
    else await rm(leftover, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
