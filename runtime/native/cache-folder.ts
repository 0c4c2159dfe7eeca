// The location of native builds: one folder per combination of versions in the user's cache, complete or
// absent. Nothing is ever written into node_modules, because `npm ci` wipes it.

import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { isOfSystem } from "../files/file-problem.ts";
import { type BuildFolder, buildFolderIn } from "./build-folder.ts";
import { versions } from "./versions.ts";

/** DINC_CACHE, otherwise $XDG_CACHE_HOME/dinc, otherwise ~/.cache/dinc. */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  const own = env["DINC_CACHE"];
  if (own) return resolve(own);
  const xdg = env["XDG_CACHE_HOME"];
  // The XDG specification says to ignore a relative path.
  return join(xdg && isAbsolute(xdg) ? xdg : join(home(), ".cache"), "dinc");
}

/**
 * A user unknown to the system, as in some containers, has no home; the root folder is used instead, which is
 * usually not writable.
 */
function home(): string {
  try {
    return homedir();
  } catch (error) {
    if (!isOfSystem(error)) throw error;
    return "/";
  }
}

export interface NativeFolders extends BuildFolder {
  /** tfjs-node's package in the finished build. */
  readonly package: string;
}

export function nativeFolders(cache: string = cacheRoot()): NativeFolders {
  const { tfjsNode, tensorflow, nodeApi } = versions;
  const key = `tfjs-node-${tfjsNode}-tensorflow-${tensorflow}-napi-v${nodeApi}-${process.platform}-${process.arch}`;
  const place = buildFolderIn(join(cache, "native"), key);
  return { ...place, package: packageIn(place.build) };
}

export function packageIn(folder: string): string {
  return join(folder, "node_modules", "@tensorflow", "tfjs-node");
}

/** The content of `build.json`. */
export interface BuildFacts {
  readonly tfjsNode: string;
  readonly tensorflow: string;
  readonly compiler: string;
  readonly built: string;
}
