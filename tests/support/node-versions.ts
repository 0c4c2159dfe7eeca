// Other versions of Node, from the npm registry: on a machine that has nothing but package registries, tests run generated code in
// every version that is promised. They are kept in the user's cache, complete or absent.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheRoot } from "../../runtime/native/cache-folder.ts";

const run = promisify(execFile);

/** What is tested, by major version. */
const VERSIONS = { 20: "20.20.2", 22: "22.23.3", 24: "24.21.0" } as const;
export type Major = keyof typeof VERSIONS;
export const majors: readonly Major[] = [20, 22, 24];

/** The program of a version: the one that runs where it is the same major, else one that is fetched once. */
export async function nodeOf(major: Major): Promise<string> {
  if (process.version.startsWith(`v${major}.`)) return process.execPath;
  const system = process.platform === "win32" ? "win" : process.platform;
  const name = `node-${system}-${process.arch}`;
  const root = join(cacheRoot(), "node");
  const folder = join(root, `${name}-${VERSIONS[major]}`);
  const program = join(folder, "node_modules", name, "bin", system === "win" ? "node.exe" : "node");
  if (existsSync(program)) return program;
  await mkdir(root, { recursive: true });
  const partial = await mkdtemp(`${folder}.partial-`);
  try {
    const options = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"];
    await run("npm", ["install", "--prefix", partial, ...options, `${name}@${VERSIONS[major]}`], {
      shell: system === "win",
    });
    await rename(partial, folder);
  } catch (error) {
    // Another process may have been faster.
    if (!existsSync(program)) throw error;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return program;
}
