// A folder of the user's cache that is made once: complete or absent, whoever else makes it, is killed, or
// comes again. It is made beside its place, with a file of facts last, and renamed.

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolders } from "../files/atomic.ts";
import { isLive, modified, ownerMark, takeLock } from "../files/lock.ts";
import { asFailure, type DiskNeeds, diskFull, InstallFailure } from "./failure.ts";

export interface BuildFolder {
  /** Holds every such folder, their locks and what is being made. */
  readonly root: string;
  /** The finished folder. */
  readonly build: string;
  /** Its facts; the last file written, so that a folder without it does not exist. */
  readonly facts: string;
  readonly lock: string;
  /** Names of unfinished folders begin with it. */
  readonly unfinished: string;
}

export const FACTS = "build.json";

/** `name` in `root`, whose name says all that it is made of. */
export function buildFolderIn(root: string, name: string): BuildFolder {
  const build = join(root, name);
  return {
    ...{ root, build, facts: join(build, FACTS), lock: join(root, `${name}.lock`) },
    unfinished: `${name}.building-`,
  };
}

export type InstallResult =
  | { readonly kind: "installed"; readonly folder: string; readonly seconds: number }
  /** It was there already; nothing was done. */
  | { readonly kind: "present"; readonly folder: string }
  /** One sentence: what is wrong and what to do. Nothing is left behind. */
  | { readonly kind: "failed"; readonly reason: string };

/** Called with a line for the person at each stage and every few seconds of a long one. */
export type ReportProgress = (line: string) => void;

export interface Making {
  readonly disk: DiskNeeds;
  /** Throws InstallFailure where a program is missing. */
  check(): Promise<void>;
  /** Fills the unfinished folder; gives its facts. Throws InstallFailure. */
  make(folder: string): Promise<object>;
}

/** Makes the folder where it is not there. May be run at any time, by several at once. */
export async function buildOnce(
  place: BuildFolder,
  { disk, check, make }: Making,
  report: ReportProgress,
): Promise<InstallResult> {
  if (hasFacts(place)) return { kind: "present", folder: place.build };
  const started = Date.now();
  try {
    await check();
    await makeFolders(place.root);
    const unlock = await takeLock(place.lock, (owner) =>
      report(`another dinc (process ${owner}) is installing; waiting for it`),
    );
    try {
      removeLeftovers(place);
      if (hasFacts(place)) return { kind: "present", folder: place.build };
      await made(place, disk, make);
    } finally {
      unlock();
    }
  } catch (error) {
    const failure = asFailure(error, place.root, disk);
    if (failure instanceof InstallFailure) return { kind: "failed", reason: failure.message };
    throw failure;
  }
  return { kind: "installed", folder: place.build, seconds: (Date.now() - started) / 1000 };
}

/** Whether the folder is there and whole. */
export function hasFacts({ facts }: BuildFolder): boolean {
  try {
    JSON.parse(readFileSync(facts, "utf8"));
    return true;
  } catch {
    return false;
  }
}

/** Folders of those that were killed, and a finished one that someone took apart. */
function removeLeftovers(place: BuildFolder): void {
  if (!hasFacts(place)) rmSync(place.build, { recursive: true, force: true });
  for (const name of readdirSync(place.root)) {
    if (!name.startsWith(place.unfinished)) continue;
    const path = join(place.root, name);
    if (!isLive(name.slice(place.unfinished.length), modified(path)))
      // Retried, because programs that a killed process had started may write for a moment yet.
      rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function made(place: BuildFolder, disk: DiskNeeds, make: Making["make"]): Promise<void> {
  const { bavail, bsize } = statfsSync(place.root);
  if (bavail * bsize < disk.neededBytes) throw diskFull(place.root, disk);
  const folder = join(place.root, place.unfinished + ownerMark());
  rmSync(folder, { recursive: true, force: true });
  try {
    mkdirSync(folder);
    const facts = await make(folder);
    writeFileSync(join(folder, FACTS), `${JSON.stringify(facts, null, 2)}\n`);
    putInPlace(folder, place);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function putInPlace(folder: string, place: BuildFolder): void {
  try {
    renameSync(folder, place.build);
  } catch (error) {
    // Another was faster.
    if (hasFacts(place)) return;
    throw error;
  }
}
