// Packages of the npm registry in versions that cannot be in node_modules together, such as other compilers
// and Nodes. They are kept in the user's cache, complete or absent.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheRoot } from "../../runtime/native/cache-folder.ts";

const run = promisify(execFile);

/** The package's folder, downloaded if it is missing; all versions for one purpose are below `below`. */
export async function registryPackage(below: string, name: string, version: string): Promise<string> {
  const root = join(cacheRoot(), below);
  const folder = join(root, `${name}-${version}`);
  const found = join(folder, "node_modules", name);
  if (existsSync(found)) return found;
  await mkdir(root, { recursive: true });
  const partial = await mkdtemp(`${folder}.partial-`);
  try {
    const options = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"];
    await run("npm", ["install", "--prefix", partial, ...options, `${name}@${version}`], {
      shell: process.platform === "win32",
    });
    await rename(partial, folder);
  } catch (error) {
    // Another process may have finished first.
    if (!existsSync(found)) throw error;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return found;
}
