// A folder for what does not fit into memory while a process trains. It is made when it is needed and goes with the process;
// what a killed one left is removed by the next.

import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "../run/leftovers.ts";

const NAME = /^dinc-scratch-(\d+)-\d+$/;
let made = 0;

export class Scratch {
  /** TMPDIR says where, as for other programs. */
  readonly parent = tmpdir();
  /** Where it will be. */
  readonly path = join(this.parent, `dinc-scratch-${process.pid}-${made++}`);

  /** Makes it, where it is not there yet. */
  readonly folder = (): string => {
    if (standing.size === 0) process.once("exit", removeAll);
    standing.add(this);
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    return this.path;
  };

  remove(): void {
    removed(this.path);
  }
}

/** Those that were made here. */
const standing = new Set<Scratch>();

function removeAll(): void {
  for (const scratch of standing) scratch.remove();
}

/** Removes the folders of processes that are no more; what cannot be removed is another user's. */
export function removeLeftScratch(): void {
  for (const entry of entriesOf(tmpdir())) {
    const pid = NAME.exec(entry)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) removed(join(tmpdir(), entry));
  }
}

/** Removes a folder, where that is possible. */
function removed(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return [];
  }
}
