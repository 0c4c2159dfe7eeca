// Makes a library of native code in the cache: runs the compiler, and adds the library if it is complete.

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { atEnd } from "../files/at-end.ts";
import { isOfSystem, systemWords } from "../files/file-problem.ts";
import { removeIfPossible } from "../files/temporary.ts";
import type { CompilerCommand } from "./c-compiler.ts";
import { LibraryCache } from "./library-cache.ts";
import { type CommandResult, NOT_STARTED, reasonLine } from "./run-command.ts";

/** A library to be made; plain data for a process. */
export interface LibraryOrder {
  /** The folder of the cache. */
  readonly folder: string;
  readonly key: string;
  readonly text: string;
  /** The compiler, to which the names of files are added. */
  readonly command: CompilerCommand;
  /** The compiler is stopped after so many milliseconds. */
  readonly patience: number;
}

/** The path of the library, or a clause that says why there is none. */
export type LibraryOutcome = { readonly path: string } | { readonly missing: string };

/** Waits for the compiler. */
export function makeLibrary({ folder, key, text, command, patience }: LibraryOrder): LibraryOutcome {
  const { program, args } = command;
  try {
    const cache = new LibraryCache(folder);
    const [source, library] = [cache.unfinished(key, "c"), cache.unfinished(key, "so")];
    const remove = () => {
      for (const path of [source, library]) removeIfPossible(path);
    };
    const forget = atEnd(remove);
    try {
      writeFileSync(source, text, { mode: 0o600 });
      const result = runNow({ program, args: [...args, "-o", library, source, "-lm"] }, patience);
      if (result === "too long")
        return { missing: `${program} did not finish within ${Math.ceil(patience / 1000)} seconds` };
      if (result.code !== 0) return { missing: `${program} failed: ${reasonLine(result)}` };
      return { path: cache.add(key, library) };
    } finally {
      remove();
      forget();
    }
  } catch (error) {
    return notWritten(error);
  }
}

/** For an error of the system. */
export function notWritten(error: unknown): { readonly missing: string } {
  if (!isOfSystem(error)) throw error;
  return { missing: `the library cannot be written: ${systemWords(error)}` };
}

/** `patience`: the most milliseconds. */
export function runNow({ program, args }: CompilerCommand, patience: number): CommandResult | "too long" {
  const { status, signal, stdout, stderr, error } = spawnSync(program, args, {
    ...{ encoding: "utf8", maxBuffer: 2 ** 26, windowsHide: true },
    ...{ timeout: patience, killSignal: "SIGKILL" },
  });
  const problem = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
  if (problem === "ETIMEDOUT") return "too long";
  if (error !== undefined && !NOT_STARTED.includes(problem)) throw error;
  const ended = signal === null ? "" : `\nended by ${signal}`;
  return { code: error === undefined ? (status ?? 128) : null, stdout, stderr: `${stderr}${ended}` };
}
