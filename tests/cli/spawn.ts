// Runs the built command line as a user does.

import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

export const root = resolve(import.meta.dirname, "../..");
const dinc = resolve(root, "bin/dinc.js");

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** What a command needs: where programs are, and where `dinc native install` has put tfjs-node. */
function environment(): NodeJS.ProcessEnv {
  const { PATH, HOME, DINC_CACHE, XDG_CACHE_HOME } = process.env;
  return { PATH, HOME, DINC_CACHE, XDG_CACHE_HOME };
}

/** `dinc …args`; colours off unless `env` says otherwise. */
export function run(args: readonly string[], { cwd = root, input = "", env = {} }: RunOptions = {}): Ran {
  const result = spawnSync(process.execPath, [dinc, ...args], {
    cwd,
    input,
    encoding: "utf8",
    env: { ...environment(), ...env },
    maxBuffer: 1 << 28,
  });
  const ended = result.signal === null ? "" : `\n(ended by ${result.signal})`;
  return { code: result.status, out: result.stdout, err: result.stderr + ended };
}

/** A user's mistake never shows where in dinc it was noticed. */
export const STACK_TRACE = /\n\s+at .*[:(]\d+|internal error/;
