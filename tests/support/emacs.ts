// Debian's Emacs, for tests that edit with it. Elsewhere the one that is installed; `EMACS` in the environment names another.

import { readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { hasDebianPackages, newerProgram } from "./debian.ts";

export interface Emacs {
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
}

/** Emacs 29 or newer. Throws where there is none, saying what to install. */
export async function emacs(): Promise<Emacs> {
  const chosen = process.env["EMACS"];
  if (chosen !== undefined) return { command: [chosen], env: {} };
  if (!hasDebianPackages())
    throw new Error("no Emacs to test with: give the path of Emacs 29 or newer as EMACS");
  const { folder, command } = await newerProgram("emacs-nox", join("usr", "bin", "emacs-nox"));
  const only = (parent: string): string => join(parent, readdirSync(parent).sort()[0]!);
  const share = only(join(folder, "usr", "share", "emacs"));
  const programs = only(only(join(folder, "usr", "libexec", "emacs")));
  const dump = readdirSync(programs).find((name) => name.endsWith(".pdmp"))!;
  const lisp = join(share, "lisp");
  const folders = readdirSync(lisp, { recursive: true, withFileTypes: true }).filter((each) =>
    each.isDirectory(),
  );
  return {
    command: [...command, `--dump-file=${join(programs, dump)}`],
    env: {
      EMACSDATA: join(share, "etc"),
      EMACSDOC: join(share, "etc"),
      EMACSPATH: programs,
      EMACSLOADPATH: [lisp, ...folders.map((each) => join(each.parentPath, each.name))].join(delimiter),
    },
  };
}
