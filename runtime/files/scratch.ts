// A temporary folder for data beyond memory while a process trains. It is created on demand and removed with
// the process; the next process removes the folder of a killed one.

import { existsSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atEnd } from "./at-end.ts";
import { isAlive } from "./leftovers.ts";
import { removeIfPossible, removeLeftTemporaries } from "./temporary.ts";

const NAME = /^dinc-scratch-(\d+)-\d+$/;
let made = 0;

export class Scratch {
  /** TMPDIR sets it, as in other programs. */
  readonly parent = tmpdir();
  /** The path of the folder, before it exists. */
  readonly path = join(this.parent, `dinc-scratch-${process.pid}-${made++}`);

  private forget: (() => void) | null = null;

  /** Makes the folder if it does not exist; never its parent, because TMPDIR may be misspelt. */
  readonly folder = (): string => {
    this.forget ??= atEnd(() => removeIfPossible(this.path));
    if (!existsSync(this.path)) mkdirSync(this.path, { mode: 0o700 });
    return this.path;
  };

  remove(): void {
    removeIfPossible(this.path);
    this.forget?.();
    this.forget = null;
  }
}

/** Removes the folders of ended processes. */
export function removeLeftScratch(): void {
  removeLeftTemporaries((name) => {
    const pid = NAME.exec(name)?.[1];
    return pid !== undefined && !isAlive(Number(pid));
  });
}
