// Debian's Neovims, for tests that edit with them: this machine's, which may be as old as 0.7, and one with tree-sitter. Elsewhere
// the one that is installed; `NVIM` in the environment names another.

import { join } from "node:path";
import { hasDebianPackages, installedProgram, libraryPath, newerProgram, unpackedPackage } from "./debian.ts";

export interface Neovim {
  readonly program: string;
  /** Arguments before those of Neovim. */
  readonly first: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Throws with advice if there is none. */
export async function neovim(): Promise<Neovim> {
  const chosen = process.env["NVIM"] ?? installedProgram("nvim");
  if (chosen !== undefined) return { program: chosen, first: [], env: {} };
  if (!hasDebianPackages())
    throw new Error(
      "no Neovim to test with: install it (macOS: brew install neovim), or give the path of one as NVIM",
    );
  const program = join("usr", "bin", "nvim");
  const folder = await unpackedPackage("neovim", program);
  return {
    program: join(folder, program),
    first: [],
    env: {
      LD_LIBRARY_PATH: await libraryPath(folder),
      VIMRUNTIME: join(folder, "usr", "share", "nvim", "runtime"),
    },
  };
}

/** Neovim 0.10 or newer. */
export async function newerNeovim(): Promise<Neovim> {
  if (process.env["NVIM"] !== undefined || !hasDebianPackages()) return neovim();
  const { folder, command } = await newerProgram("neovim", join("usr", "bin", "nvim"));
  const [program, ...first] = command;
  return { program, first, env: { VIMRUNTIME: join(folder, "usr", "share", "nvim", "runtime") } };
}
