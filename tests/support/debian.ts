// Programs of Debian for tests: fetched once by apt-get, unpacked without being installed, and kept in the user's cache, complete or
// absent.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { cacheRoot } from "../../runtime/native/cache-folder.ts";

const run = promisify(execFile);

/** Whether this machine has Debian's packages. */
export function hasDebianPackages(): boolean {
  return process.platform === "linux" && existsSync("/usr/bin/apt-get");
}

/** The path of a program that is installed here. */
export function installedProgram(name: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** The folder with a package and what it needs. `program` is a path in it. */
export async function unpackedPackage(name: string, program: string): Promise<string> {
  const root = join(cacheRoot(), name);
  const folder = join(root, `debian-${process.arch}`);
  if (!existsSync(join(folder, program))) await unpack(name, root, folder, join(folder, program));
  return folder;
}

/** The variables by which an unpacked package finds its libraries. */
export async function libraryPath(folder: string): Promise<string> {
  const lib = join(folder, "usr", "lib");
  return (await readdir(lib)).map((name) => join(lib, name)).join(delimiter);
}

async function unpack(name: string, root: string, folder: string, program: string): Promise<void> {
  await mkdir(root, { recursive: true });
  const partial = await mkdtemp(`${folder}.partial-`);
  try {
    await download(name, partial).catch(async () => {
      // A machine whose lists of packages are missing or old gets them somewhere that we may write.
      const state = join(partial, "state");
      const options = ["-o", `Dir::State::Lists=${join(state, "lists")}`, "-o", `Dir::Cache=${state}`];
      await mkdir(join(state, "lists", "partial"), { recursive: true });
      await mkdir(join(state, "archives", "partial"), { recursive: true });
      await run("apt-get", [...options, "update"]);
      await download(name, partial, options);
      await rm(state, { recursive: true });
    });
    for (const file of (await readdir(partial)).filter((each) => each.endsWith(".deb"))) {
      await run("dpkg", ["-x", join(partial, file), partial]);
      await rm(join(partial, file));
    }
    await rename(partial, folder);
  } catch (error) {
    // Another process may have been faster.
    if (!existsSync(program)) throw error;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Puts a package into a folder, with those that it needs and the machine has not. */
async function download(name: string, folder: string, options: readonly string[] = []): Promise<void> {
  const simulated = ["--simulate", "install", "--no-install-recommends", name];
  const { stdout } = await run("apt-get", [...options, ...simulated], {
    env: { ...process.env, LC_ALL: "C" },
  });
  const packages = [...stdout.matchAll(/^Inst (\S+)/gm)].map(([, each]) => each!);
  await run("apt-get", [...options, "download", ...packages], { cwd: folder });
}
