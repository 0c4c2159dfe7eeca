// Keeps compiled libraries in a folder of the user's cache that nobody else can write to. The name of a library
// contains the hash of everything that it is made from, and the hash of its content: a damaged one counts as
// absent. It is complete or absent, even if several processes make it or are killed.

import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atEnd } from "../files/at-end.ts";
import { isOfSystem } from "../files/file-problem.ts";
import { digest } from "../files/fingerprint.ts";
import { isLive, modified, ownerMark } from "../files/lock.ts";
import { removeIfPossible } from "../files/temporary.ts";
import { cacheRoot } from "./cache-folder.ts";

/** A library has 0.1 to 1 MB. Those that were not used for the longest time go first. */
const MOST_BYTES = 2 ** 27;
const ENDING = ".node";

export class LibraryCache {
  readonly folder: string;
  private made = 0;

  /** `folder`: the one of another process's cache. */
  constructor(folder: string | null = null) {
    this.folder = folder ?? ownFolder(join(cacheRoot(), "code")) ?? temporaryFolder();
  }

  /** The path of the library with this key; null if there is none. */
  find(key: string): string | null {
    for (const name of readdirSync(this.folder)) {
      if (!name.startsWith(`${key}.`) || !name.endsWith(ENDING)) continue;
      const path = join(this.folder, name);
      if (name === nameOf(key, path) && isOwn(path)) {
        // The time of its last use.
        utimesSync(path, new Date(), new Date());
        return path;
      }
      removeIfPossible(path);
    }
    return null;
  }

  /** A path for an unfinished file of this key, which other processes leave alone. */
  unfinished(key: string, ending: string): string {
    this.made += 1;
    return join(this.folder, `${key}.part.${ownerMark()}.${this.made}.${ending}`);
  }

  /** Takes over a finished library; returns its path. */
  add(key: string, finished: string): string {
    const path = join(this.folder, nameOf(key, finished)!);
    renameSync(finished, path);
    this.makeRoom();
    return path;
  }

  private makeRoom(): void {
    let bytes = 0;
    const files = readdirSync(this.folder).map((name) => ({ name, path: join(this.folder, name) }));
    for (const { name, path } of files) {
      const [, part, ...mark] = name.split(".");
      const isLeft = part === "part" && !isLive(mark.slice(0, -2).join("."), modified(path));
      if (isLeft) removeIfPossible(path);
    }
    const libraries = files.flatMap(({ name, path }) => {
      const found = statSync(path, { throwIfNoEntry: false });
      return found === undefined || !name.endsWith(ENDING) ? [] : [{ path, found }];
    });
    for (const { path, found } of libraries.toSorted((a, b) => b.found.mtimeMs - a.found.mtimeMs)) {
      bytes += found.size;
      if (bytes > MOST_BYTES) removeIfPossible(path);
    }
  }
}

/** The name of a library with the content of this file; null if it cannot be read. */
function nameOf(key: string, path: string): string | null {
  try {
    return `${key}.${digest(readFileSync(path)).slice(0, 32)}${ENDING}`;
  } catch (error) {
    if (!isOfSystem(error)) throw error;
    return null;
  }
}

/** The folder, made if it is missing; null if it cannot be, or if others can write to it. */
export function ownFolder(path: string): string | null {
  try {
    mkdirSync(cacheRoot(), { recursive: true });
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return isOwn(path) ? path : null;
  } catch (error) {
    if (!isOfSystem(error)) throw error;
    return null;
  }
}

/** Whether a file belongs to this user, and nobody else can write to it. */
export function isOwn(path: string): boolean {
  const { uid, mode } = lstatSync(path);
  return uid === process.getuid?.() && (mode & 0o022) === 0;
}

/** For this process alone. */
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "dinc-code-"));
  atEnd(() => removeIfPossible(folder));
  return folder;
}
