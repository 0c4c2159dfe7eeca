// `dinc native install`: installs tfjs-node without the download of its own installer. The JavaScript comes
// from npm, TensorFlow's libraries and headers from the tensorflow-cpu wheel, and the binding between them is
// compiled here. The folder is complete once a self-test has passed.

import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildOnce, hasFacts, type InstallResult, type ReportProgress } from "./build-folder.ts";
import { type BuildSteps, buildSteps, DISK } from "./build-steps.ts";
import { type BuildFacts, cacheRoot, nativeFolders } from "./cache-folder.ts";
import { checkTools } from "./tools.ts";
import { unsupportedPlatform, versions } from "./versions.ts";

export interface InstallOptions {
  /** The cache to build in; by default that of the user (see `cacheRoot`). */
  readonly cache?: string;
  /** The environment of the programs; by default that of the process. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Builds native tfjs-node in the user's cache. Several processes may call it at any time. */
export async function installNative(
  options: InstallOptions,
  report: ReportProgress,
  steps: BuildSteps = buildSteps,
): Promise<InstallResult> {
  const env = options.env ?? process.env;
  const folders = nativeFolders(options.cache ?? cacheRoot(env));
  const unsupported = unsupportedPlatform();
  if (unsupported !== null && !hasFacts(folders)) return { kind: "failed", reason: unsupported };
  const making = {
    disk: DISK,
    check: () => checkTools(env),
    make: (folder: string) => build(folder, env, report, steps),
  };
  return buildOnce(folders, making, report);
}

async function build(
  folder: string,
  env: NodeJS.ProcessEnv,
  report: ReportProgress,
  steps: BuildSteps,
): Promise<BuildFacts> {
  const workshop = join(folder, "workshop");
  mkdirSync(workshop);
  await steps.installPackages(folder, workshop, env, report);
  await steps.unpackTensorflow(folder, workshop, env, report);
  const compiler = await steps.compileBinding(folder, workshop, env, report);
  rmSync(workshop, { recursive: true });
  await steps.selfTest(folder, env, report);
  return {
    tfjsNode: versions.tfjsNode,
    tensorflow: versions.tensorflow,
    compiler,
    built: new Date().toISOString(),
  };
}
