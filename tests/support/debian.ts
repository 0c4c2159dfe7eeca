// Programs of Debian for tests: downloaded once by apt-get, unpacked without installation, and kept in the
// user's cache. They are complete or absent.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
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

/** A program that is unpacked with everything that it needs. */
export interface OwnProgram {
  readonly folder: string;
  /** What to run: the program, and before it the loader that finds its libraries. */
  readonly command: readonly [string, ...string[]];
}

/**
 * A program of Debian 13, whatever release this machine has: its package brings the C library, and that library's own loader
 * starts it. What the program starts in turn is this machine's.
 */
export async function newerProgram(name: string, program: string): Promise<OwnProgram> {
  const root = join(cacheRoot(), name);
  const folder = join(root, `trixie-${process.arch}`);
  if (!existsSync(join(folder, program))) await unpack(name, root, folder, join(folder, program), "trixie");
  const lib = join(folder, "usr", "lib");
  const libraries = (await readdir(lib)).find((each) => each.includes("-linux-gnu"))!;
  const loader = (await readdir(join(lib, libraries))).find((each) => each.startsWith("ld-linux-"))!;
  const start = [join(lib, libraries, loader), "--library-path", join(lib, libraries)] as const;
  return { folder, command: [...start, join(folder, program)] };
}

async function unpack(
  name: string,
  root: string,
  folder: string,
  program: string,
  release?: string,
): Promise<void> {
  await mkdir(root, { recursive: true });
  const partial = await mkdtemp(`${folder}.partial-`);
  const downloaded = (): Promise<void> => downloadWithLists(name, partial, release);
  try {
    // A machine whose package lists are missing or old downloads them to a writable folder.
    if (release === undefined) await download(name, partial).catch(downloaded);
    else await downloaded();
    for (const file of (await readdir(partial)).filter((each) => each.endsWith(".deb"))) {
      await run("dpkg", ["-x", join(partial, file), partial]);
      await rm(join(partial, file));
    }
    await rename(partial, folder);
  } catch (error) {
    // Another process may have finished first.
    if (!existsSync(program)) throw error;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** As `download`, with lists of packages that are fetched for it: of a `release`, or of this machine's. */
async function downloadWithLists(name: string, folder: string, release: string | undefined): Promise<void> {
  const state = join(folder, "state");
  await mkdir(join(state, "lists", "partial"), { recursive: true });
  await mkdir(join(state, "archives", "partial"), { recursive: true });
  const settings = [`Dir::State::Lists=${join(state, "lists")}`, `Dir::Cache=${state}`];
  if (release !== undefined) {
    const { stdout } = await run("apt-get", ["indextargets", "--format", "$(REPO_URI) $(ORIGIN) $(LABEL)"]);
    const mirror = /^(\S+) Debian Debian$/m.exec(stdout)?.[1];
    if (mirror === undefined) throw new Error("this machine has no packages of Debian");
    await writeFile(join(state, "sources.list"), `deb ${mirror} ${release} main\n`);
    // As if nothing were installed, so that everything that the package needs comes with it.
    await writeFile(join(state, "status"), "");
    settings.push(`Dir::Etc::SourceList=${join(state, "sources.list")}`, "Dir::Etc::SourceParts=-");
    settings.push(`Dir::State::Status=${join(state, "status")}`);
  }
  const options = settings.flatMap((setting) => ["-o", setting]);
  await run("apt-get", [...options, "update"]);
  await download(name, folder, options);
  await rm(state, { recursive: true });
}

/** Puts a package into a folder, with the dependencies that the machine lacks. */
async function download(name: string, folder: string, options: readonly string[] = []): Promise<void> {
  const simulated = ["--simulate", "install", "--no-install-recommends", name];
  const { stdout } = await run("apt-get", [...options, ...simulated], {
    env: { ...process.env, LC_ALL: "C" },
  });
  const packages = [...stdout.matchAll(/^Inst (\S+)/gm)].map(([, each]) => each!);
  await run("apt-get", [...options, "download", ...packages], { cwd: folder });
}
