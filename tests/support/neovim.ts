// Debian's Neovim, for tests that edit with it: fetched once by apt-get, unpacked without being installed, and kept in the
// user's cache, complete or absent. Elsewhere the one that is installed; `NVIM` in the environment names another.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { cacheRoot } from "../../runtime/native/cache-folder.ts";

const run = promisify(execFile);

export interface Neovim {
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Throws where there is none, saying what to install. */
export async function neovim(): Promise<Neovim> {
  const chosen = process.env["NVIM"] ?? installed();
  if (chosen !== undefined) return { program: chosen, env: {} };
  if (process.platform !== "linux" || !existsSync("/usr/bin/apt-get"))
    throw new Error(
      "no Neovim to test with: install it (macOS: brew install neovim), or give the path of one as NVIM",
    );
  const root = join(cacheRoot(), "neovim");
  const folder = join(root, `debian-${process.arch}`);
  const usr = join(folder, "usr");
  const program = join(usr, "bin", "nvim");
  if (!existsSync(program)) await unpack(root, folder, program);
  const libraries = (await readdir(join(usr, "lib"))).map((name) => join(usr, "lib", name));
  return {
    program,
    env: {
      LD_LIBRARY_PATH: libraries.join(delimiter),
      VIMRUNTIME: join(usr, "share", "nvim", "runtime"),
    },
  };
}

function installed(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.map((folder) => join(folder, "nvim")).find((path) => existsSync(path));
}

async function unpack(root: string, folder: string, program: string): Promise<void> {
  await mkdir(root, { recursive: true });
  const partial = await mkdtemp(`${folder}.partial-`);
  try {
    await download(partial).catch(async () => {
      // A machine whose lists of packages are missing or old gets them somewhere that we may write.
      const state = join(partial, "state");
      const options = ["-o", `Dir::State::Lists=${join(state, "lists")}`, "-o", `Dir::Cache=${state}`];
      await mkdir(join(state, "lists", "partial"), { recursive: true });
      await mkdir(join(state, "archives", "partial"), { recursive: true });
      await run("apt-get", [...options, "update"]);
      await download(partial, options);
      await rm(state, { recursive: true });
    });
    for (const name of (await readdir(partial)).filter((each) => each.endsWith(".deb"))) {
      await run("dpkg", ["-x", join(partial, name), partial]);
      await rm(join(partial, name));
    }
    await rename(partial, folder);
  } catch (error) {
    // Another process may have been faster.
    if (!existsSync(program)) throw error;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Puts Neovim's package into a folder, with those that it needs and the machine has not. */
async function download(folder: string, options: readonly string[] = []): Promise<void> {
  const simulated = ["--simulate", "install", "--no-install-recommends", "neovim"];
  const { stdout } = await run("apt-get", [...options, ...simulated], {
    env: { ...process.env, LC_ALL: "C" },
  });
  const packages = [...stdout.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name!);
  await run("apt-get", [...options, "download", ...packages], { cwd: folder });
}
