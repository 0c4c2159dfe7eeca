// Compiles C to a library of native code, or finds it in the cache: at once, or in the background.

import { spawn } from "node:child_process";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { digest } from "../files/fingerprint.ts";
import { removeIfPossible } from "../files/temporary.ts";
import type { CCompiler, CTarget } from "./c-compiler.ts";
import { describeTarget } from "./known-compilers.ts";
import { LibraryCache } from "./library-cache.ts";
import { type LibraryOrder, type LibraryOutcome, makeLibrary, notWritten, runNow } from "./make-library.ts";
import { type CommandResult, runCommand } from "./run-command.ts";

export type CompiledLibrary =
  | { readonly path: string; readonly target: CTarget }
  /** A clause that says why there is none. */
  | { readonly missing: string };

/** Gives the C for a processor. */
export type PrintFor = (target: CTarget) => string;

/** The largest model of the zoo takes two minutes on a busy machine. */
const PATIENCE = 600_000;

/** The library, if it was compiled before; null if it was not, or if nothing can be compiled. */
export function findCompiled(compiler: CCompiler, print: PrintFor): CompiledLibrary | null {
  const target = targetNow(compiler);
  if ("missing" in target) return null;
  try {
    const found = inCache(orderOf(compiler, target, print, PATIENCE));
    return found === null ? null : withTarget(found, target);
  } catch (error) {
    notWritten(error);
    return null;
  }
}

/** Waits for the compiler. */
export function compileNow(compiler: CCompiler, print: PrintFor): CompiledLibrary {
  const target = targetNow(compiler);
  if ("missing" in target) return target;
  try {
    const order = orderOf(compiler, target, print, PATIENCE);
    return withTarget(inCache(order) ?? makeLibrary(order), target);
  } catch (error) {
    return notWritten(error);
  }
}

/** The compiler's version and the processor; waits if the compiler must be asked. */
export function targetNow(compiler: CCompiler): CTarget | { readonly missing: string } {
  const commands = describeTarget(compiler);
  let next = commands.next();
  while (!next.done) {
    const result = runNow(next.value, PATIENCE);
    next = commands.next(result === "too long" ? HANGING : result);
  }
  return next.value;
}

const HANGING: CommandResult = { code: 128, stdout: "", stderr: "it does not end" };

/**
 * Compiles in a process of its own, which this one doesn't wait for at its end, with the usual priority: with a
 * lower one, threads of the training left it so little of two cores that no training would have gained from it.
 * Never rejects for a compiler that fails.
 */
export async function compileInBackground(
  compiler: CCompiler,
  print: PrintFor,
  patience = PATIENCE,
): Promise<CompiledLibrary> {
  const commands = describeTarget(compiler);
  let next = commands.next();
  while (!next.done) {
    const { program, args } = next.value;
    next = commands.next(await runCommand(program, args, { env: process.env, isInBackground: true }));
  }
  const target = next.value;
  if ("missing" in target) return target;
  try {
    const order = orderOf(compiler, target, print, patience);
    return withTarget(inCache(order) ?? (await madeElsewhere(order)), target);
  } catch (error) {
    return notWritten(error);
  }
}

function orderOf(
  { program, args }: CCompiler,
  target: CTarget,
  print: PrintFor,
  patience: number,
): LibraryOrder {
  const { flags, facts } = target;
  const text = print(target);
  const made = [program, ...args, ...flags, facts, text].join("\0");
  const key = digest(Buffer.from(made)).slice(0, 32);
  const { folder } = new LibraryCache();
  return { folder, key, text, command: { program, args: [...args, ...flags] }, patience };
}

function inCache({ folder, key }: LibraryOrder): LibraryOutcome | null {
  const path = new LibraryCache(folder).find(key);
  return path === null ? null : { path };
}

function withTarget(made: LibraryOutcome, target: CTarget): CompiledLibrary {
  return "missing" in made ? made : { ...made, target };
}

/** The compiled module starts a process; the TypeScript source cannot. */
async function madeElsewhere(order: LibraryOrder): Promise<LibraryOutcome> {
  if (import.meta.url.endsWith(".ts")) return makeLibrary(order);
  const { text, ending } = await runDetached(order);
  if (text === "") return { missing: `the process that compiles ended without a result${ending}` };
  return JSON.parse(text) as LibraryOutcome;
}

/** A file, which is removed at once, passes the order on: a pipe would need this process to stay. */
function runDetached(order: LibraryOrder): Promise<{ readonly text: string; readonly ending: string }> {
  const path = new LibraryCache(order.folder).unfinished(order.key, "json");
  writeFileSync(path, JSON.stringify(order), { mode: 0o600 });
  const input = openSync(path, "r");
  removeIfPossible(path);
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, [fileURLToPath(new URL("./compile-worker.js", import.meta.url))], {
    ...{ env, detached: true, windowsHide: true },
    stdio: [input, "pipe", "ignore"],
  });
  closeSync(input);
  child.unref();
  const stdout = child.stdout!;
  if (stdout instanceof Socket) stdout.unref();
  return new Promise((resolve) => {
    let text = "";
    stdout.setEncoding("utf8").on("data", (more: string) => (text += more));
    child.on("error", (error) => resolve({ text: "", ending: `: ${error.message}` }));
    child.on("close", (_, signal) => resolve({ text, ending: signal === null ? "" : `, by ${signal}` }));
  });
}
