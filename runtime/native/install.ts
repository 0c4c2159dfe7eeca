// `dinc native install`: installs tfjs-node without the download of its own installer. The JavaScript comes from npm,
// TensorFlow's libraries and headers from the tensorflow-cpu wheel, and the binding between them is compiled here. Everything
// happens in a temporary folder beside the final one, which is renamed once a self-test has passed.

import { mkdirSync, readdirSync, renameSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolders } from "../files/atomic.ts";
import { isLive, modified, ownerMark, takeLock } from "../files/lock.ts";
import { type BuildSteps, buildSteps, type Report } from "./build-steps.ts";
import { type BuildFacts, cacheRoot, FACTS, type NativeFolders, nativeFolders } from "./cache-folder.ts";
import { asFailure, diskFull, InstallFailure } from "./failure.ts";
import { readFacts } from "./load.ts";
import { checkTools } from "./tools.ts";
import { unsupportedPlatform, versions } from "./versions.ts";

export interface InstallOptions {
  /** The cache to build in; default: the user's (see `cacheRoot`). */
  readonly cache?: string;
  /** Of the programs that are run; default: the process's. */
  readonly env?: NodeJS.ProcessEnv;
}

export type InstallResult =
  | { readonly kind: "installed"; readonly folder: string; readonly seconds: number }
  /** It was there already; nothing was done. */
  | { readonly kind: "present"; readonly folder: string }
  /** One sentence: what is wrong and what to do. Nothing is left behind. */
  | { readonly kind: "failed"; readonly reason: string };

const NEEDED_BYTES = 3e9;

/** Builds native tfjs-node in the user's cache. May be run at any time, by several at once. */
export async function installNative(
  options: InstallOptions,
  report: Report,
  steps: BuildSteps = buildSteps,
): Promise<InstallResult> {
  const env = options.env ?? process.env;
  const cache = options.cache ?? cacheRoot(env);
  const folders = nativeFolders(cache);
  if (readFacts(folders) !== null) return { kind: "present", folder: folders.build };
  const unsupported = unsupportedPlatform();
  if (unsupported !== null) return { kind: "failed", reason: unsupported };
  const started = Date.now();
  try {
    await checkTools(env);
    await makeFolders(folders.root);
    const unlock = await takeLock(folders.lock, (owner) =>
      report(`another dinc (process ${owner}) is installing; waiting for it`),
    );
    try {
      removeLeftovers(folders);
      if (readFacts(folders) !== null) return { kind: "present", folder: folders.build };
      await build(folders, env, report, steps);
    } finally {
      unlock();
    }
  } catch (error) {
    const failure = asFailure(error, folders.root);
    if (failure instanceof InstallFailure) return { kind: "failed", reason: failure.message };
    throw failure;
  }
  return { kind: "installed", folder: folders.build, seconds: (Date.now() - started) / 1000 };
}

/** Folders of builders that were killed, and a build that someone took apart. */
function removeLeftovers(folders: NativeFolders): void {
  if (readFacts(folders) === null) rmSync(folders.build, { recursive: true, force: true });
  for (const name of readdirSync(folders.root)) {
    if (!name.startsWith(folders.unfinished)) continue;
    const path = join(folders.root, name);
    if (!isLive(name.slice(folders.unfinished.length), modified(path)))
      // Retried, because programs that a killed builder had started may write for a moment yet.
      rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function build(
  folders: NativeFolders,
  env: NodeJS.ProcessEnv,
  report: Report,
  steps: BuildSteps,
): Promise<void> {
  const { bavail, bsize } = statfsSync(folders.root);
  if (bavail * bsize < NEEDED_BYTES) throw diskFull(folders.root);
  const folder = join(folders.root, folders.unfinished + ownerMark());
  rmSync(folder, { recursive: true, force: true });
  try {
    mkdirSync(folder);
    const workshop = join(folder, "workshop");
    mkdirSync(workshop);
    await steps.installPackages(folder, workshop, env, report);
    await steps.unpackTensorflow(folder, workshop, env, report);
    const compiler = await steps.compileBinding(folder, workshop, env, report);
    rmSync(workshop, { recursive: true });
    await steps.selfTest(folder, env, report);
    const facts: BuildFacts = {
      tfjsNode: versions.tfjsNode,
      tensorflow: versions.tensorflow,
      compiler,
      built: new Date().toISOString(),
    };
    writeFileSync(join(folder, FACTS), `${JSON.stringify(facts, null, 2)}\n`);
    putInPlace(folder, folders);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function putInPlace(folder: string, folders: NativeFolders): void {
  try {
    renameSync(folder, folders.build);
  } catch (error) {
    // Another builder was faster.
    if (readFacts(folders) !== null) return;
    throw error;
  }
}
