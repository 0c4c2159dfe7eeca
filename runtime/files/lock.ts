// Lets one process build at a time. The lock is a file with the builder's process number; it is ignored if
// that process has ended, or if it is older than any build takes. If two processes build nevertheless, each
// has its own folder and the later rename finds the build complete, so the lock only saves work.

import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";

const LONGEST_BUILD = 30 * 60_000;
/** The most milliseconds between making the lock file and writing its owner. */
const LONGEST_WRITE = 10_000;
const POLL_INTERVAL = 500;

/** Waits until the lock is free and takes it; returns the function that frees it. */
export async function takeLock(path: string, waiting: (owner: string) => void): Promise<() => void> {
  const mine = ownerMark();
  let told = false;
  for (;;) {
    try {
      writeFileSync(path, mine, { flag: "wx" });
      return () => {
        if (readOwner(path) === mine) rmSync(path, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
        // The file was created, but a full disk prevented writing to it.
        if (readOwner(path) === "") rmSync(path, { force: true });
        throw error;
      }
    }
    const owner = readOwner(path);
    if (owner !== null && !isLive(owner, modified(path))) rmSync(path, { force: true });
    else {
      if (!told && owner !== null) waiting(owner);
      told = true;
      await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL));
    }
  }
}

/** `<process>@<host>`: identifies the builder in names of locks and of unfinished folders. */
export function ownerMark(): string {
  return `${process.pid}@${hostname()}`;
}

/**
 * Whether the builder named `mark` may still be working. `since` is its last sign of activity, in
 * milliseconds.
 */
export function isLive(mark: string, since: number): boolean {
  if (Math.abs(Date.now() - since) > (mark === "" ? LONGEST_WRITE : LONGEST_BUILD)) return false;
  const [pid, host] = mark.split("@");
  if (host !== hostname()) return true;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function readOwner(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return null;
  }
}

/** The time of the last change of a file or folder; 0 if it does not exist. */
export function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
