// Compiles C to a library of native code, or finds it in the cache: at once, or in the background.

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { atEnd } from "../files/at-end.ts";
import { isOfSystem, systemWords } from "../files/file-problem.ts";
import { digest } from "../files/fingerprint.ts";
import { removeIfPossible } from "../files/temporary.ts";
import { type CCompiler, type CompilerCommand, type CTarget, describeTarget } from "./c-compiler.ts";
import { LibraryCache } from "./library-cache.ts";
import { type CommandResult, NOT_STARTED, reasonLine, runCommand } from "./run-command.ts";

export type CompiledLibrary =
  | { readonly path: string; readonly target: CTarget }
  /** A clause that says why there is none. */
  | { readonly missing: string };

/** Gives the C for a processor. */
export type PrintFor = (target: CTarget) => string;

/** Waits for the compiler. */
export function compileNow(compiler: CCompiler, print: PrintFor): CompiledLibrary {
  return runNow(compiled(compiler, print));
}

/** Asks the compiler for its version and the processor. */
export function targetNow(compiler: CCompiler): CTarget | { readonly missing: string } {
  return runNow(describeTarget(compiler));
}

function runNow<T>(commands: Generator<CompilerCommand, T, CommandResult>): T {
  let next = commands.next();
  while (!next.done) {
    const { program, args } = next.value;
    const { status, stdout, stderr, error } = spawnSync(program, args, {
      encoding: "utf8",
      maxBuffer: 2 ** 26,
      windowsHide: true,
    });
    if (error !== undefined && !NOT_STARTED.includes((error as NodeJS.ErrnoException).code ?? ""))
      throw error;
    next = commands.next({ code: error === undefined ? (status ?? 128) : null, stdout, stderr });
  }
  return next.value;
}

/**
 * Compiles while this process goes on, with the usual priority: with a lower one, threads of the training left
 * it so little of two cores that no training would have gained from it. Never rejects for a compiler that fails.
 */
export async function compileInBackground(compiler: CCompiler, print: PrintFor): Promise<CompiledLibrary> {
  const commands = compiled(compiler, print);
  let next = commands.next();
  while (!next.done) {
    const { program, args } = next.value;
    next = commands.next(await runCommand(program, args, { env: process.env, isInBackground: true }));
  }
  return next.value;
}

function* compiled(
  compiler: CCompiler,
  print: PrintFor,
): Generator<CompilerCommand, CompiledLibrary, CommandResult> {
  const target = yield* describeTarget(compiler);
  if ("missing" in target) return target;
  const { program, args } = compiler;
  const text = print(target);
  const made = [program, ...args, ...target.flags, target.facts, text].join("\0");
  const key = digest(Buffer.from(made)).slice(0, 32);
  try {
    const cache = new LibraryCache();
    const known = cache.find(key);
    if (known !== null) return { path: known, target };
    const [source, library] = [cache.unfinished(key, "c"), cache.unfinished(key, "so")];
    const remove = () => {
      for (const path of [source, library]) removeIfPossible(path);
    };
    const forget = atEnd(remove);
    try {
      writeFileSync(source, text, { mode: 0o600 });
      const result = yield { program, args: [...args, ...target.flags, "-o", library, source, "-lm"] };
      if (result.code !== 0) return { missing: `${program} failed: ${reasonLine(result)}` };
      return { path: cache.add(key, library), target };
    } finally {
      remove();
      forget();
    }
  } catch (error) {
    if (!isOfSystem(error)) throw error;
    return { missing: `the library cannot be written: ${systemWords(error)}` };
  }
}
