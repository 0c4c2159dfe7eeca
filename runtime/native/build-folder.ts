// A folder of the user's cache that is built once. It is complete or absent, even if several processes build
// it or are killed. It is built next to its final path, with a file of facts last, and then renamed.

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolders } from "../files/atomic.ts";
import { isLive, modified, ownerMark, takeLock } from "../files/lock.ts";
import { asFailure, type DiskNeeds, diskFull, InstallFailure } from "./failure.ts";

export interface BuildFolder {
  /** Contains all such folders, their locks and unfinished ones. */
  readonly root: string;
  /** The finished folder. */
  readonly build: string;
  /** The file of facts; it is written last, so a folder without it counts as absent. */
  readonly facts: string;
  readonly lock: string;
  /** The prefix of the names of unfinished folders. */
  readonly unfinished: string;
}

export const FACTS = "build.json";

/** The folder `name` in `root`; its name lists everything that it is made from. */
export function buildFolderIn(root: string, name: string): BuildFolder {
  const build = join(root, name);
  return {
    ...{ root, build, facts: join(build, FACTS), lock: join(root, `${name}.lock`) },
    unfinished: `${name}.building-`,
  };
}

export type InstallResult =
  | { readonly kind: "installed"; readonly folder: string; readonly seconds: number }
  /** The folder existed already; nothing was done. */
  | { readonly kind: "present"; readonly folder: string }
  /** One sentence with the reason and a remedy. Nothing remains of the attempt. */
  | { readonly kind: "failed"; readonly reason: string };

/** Receives a line at each stage, and every few seconds during a long one. */
export type ReportProgress = (line: string) => void;

export interface Making {
  readonly disk: DiskNeeds;
  /** Throws InstallFailure if a program is missing. */
  check(): Promise<void>;
  /** Fills the unfinished folder, and returns its facts. Throws InstallFailure. */
  make(folder: string): Promise<object>;
}

/** Builds the folder if it does not exist. Several processes may call it at any time. */
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

/** Whether the folder exists and is complete. */
export function hasFacts({ facts }: BuildFolder): boolean {
  try {
    JSON.parse(readFileSync(facts, "utf8"));
    return true;
  } catch {
    return false;
  }
}

/** Removes folders of killed processes, and a finished one that was damaged. */
function removeLeftovers(place: BuildFolder): void {
  if (!hasFacts(place)) rmSync(place.build, { recursive: true, force: true });
  for (const name of readdirSync(place.root)) {
    if (!name.startsWith(place.unfinished)) continue;
    const path = join(place.root, name);
    if (!isLive(name.slice(place.unfinished.length), modified(path)))
      // Retried, because programs that a killed process had started may still write for a while.
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
    // Another process finished first.
    if (hasFacts(place)) return;
    throw error;
  }
}
