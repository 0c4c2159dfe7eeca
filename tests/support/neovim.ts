// Debian's Neovim, for tests that edit with it. Elsewhere the one that is installed; `NVIM` in the environment names another.

import { join } from "node:path";
import { hasDebianPackages, installedProgram, libraryPath, unpackedPackage } from "./debian.ts";

export interface Neovim {
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Throws where there is none, saying what to install. */
export async function neovim(): Promise<Neovim> {
  const chosen = process.env["NVIM"] ?? installedProgram("nvim");
  if (chosen !== undefined) return { program: chosen, env: {} };
  if (!hasDebianPackages())
    throw new Error(
      "no Neovim to test with: install it (macOS: brew install neovim), or give the path of one as NVIM",
    );
  const program = join("usr", "bin", "nvim");
  const folder = await unpackedPackage("neovim", program);
  return {
    program: join(folder, program),
    env: {
      LD_LIBRARY_PATH: await libraryPath(folder),
      VIMRUNTIME: join(folder, "usr", "share", "nvim", "runtime"),
    },
  };
}
