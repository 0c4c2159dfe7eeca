// Debian's Neovim, for tests that edit with it: fetched once by apt-get, unpacked without being installed, and kept in the
// user's cache, complete or absent. Elsewhere the one that is installed; `NVIM` in the environment names another.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { cacheRoot } from "../../runtime/native/cache-folder.ts";

const run = promisify(execFile);

/** Neovim and what it needs that a bare machine has not. */
const PACKAGES = [
  ...["neovim", "neovim-runtime", "lua-luv", "libluajit-5.1-2", "libluajit-5.1-common", "libmsgpackc2"],
  ...["libtermkey1", "libtree-sitter0", "libunibilium4", "libuv1", "libvterm0"],
];

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
    try {
      await run("apt-get", ["download", ...PACKAGES], { cwd: partial });
    } catch {
      // A machine that has no lists of packages yet has them somewhere that we may write.
      const lists = join(partial, "lists");
      await mkdir(join(lists, "partial"), { recursive: true });
      const options = ["-o", `Dir::State::Lists=${lists}`];
      await run("apt-get", [...options, "update"], { cwd: partial });
      await run("apt-get", [...options, "download", ...PACKAGES], { cwd: partial });
      await rm(lists, { recursive: true });
    }
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
