// Remembers the macros of compilers, so that none is asked again at every start. They count as long as the
// compiler's file and the processor are the same.

import { readFileSync, realpathSync, renameSync, statSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { isOfSystem } from "../files/file-problem.ts";
import { digest } from "../files/fingerprint.ts";
import {
  askForMacros,
  type CCompiler,
  type CompilerCommand,
  type CTarget,
  type Macros,
  targetOf,
} from "./c-compiler.ts";
import { cacheRoot } from "./cache-folder.ts";
import { isOwn, ownFolder } from "./library-cache.ts";
import type { CommandResult } from "./run-command.ts";

interface KnownCompiler {
  readonly identity: string;
  readonly macros: Macros;
}

const FILE = "macros.json";
/** Others are asked again. */
const MOST = 8;

/** Asks the compiler for its version and the processor, unless it is known. */
export function* describeTarget(
  compiler: CCompiler,
): Generator<CompilerCommand, CTarget | { readonly missing: string }, CommandResult> {
  const identity = identityOf(compiler);
  const folder = ownFolder(join(cacheRoot(), "compilers"));
  const path = folder === null ? null : join(folder, FILE);
  const kept = path === null ? [] : read(path);
  const known = kept.find((each) => each.identity === identity);
  const target = known === undefined ? null : targetOf(known.macros);
  if (target !== null) return target;
  const macros = yield* askForMacros(compiler);
  if ("missing" in macros) return macros;
  if (identity !== null && path !== null) write(path, [{ identity, macros }, ...kept].slice(0, MOST));
  return targetOf(macros)!;
}

/** Changes with everything that the macros depend on; null if that is unknown. */
function identityOf({ program, args }: CCompiler): string | null {
  try {
    const path = realpathSync(program);
    // Packages keep the times at which their files were changed; this one is when the file came here.
    const { ctimeMs, size } = statSync(path);
    return digest(Buffer.from(JSON.stringify([path, ctimeMs, size, args, processorHere()])));
  } catch (error) {
    if (!isOfSystem(error)) throw error;
    return null;
  }
}

/** A cache may serve several machines, and a virtual machine may move. */
function processorHere(): string {
  const { arch, platform } = process;
  return [platform, arch, platform === "linux" ? featuresOfLinux() : (cpus()[0]?.model ?? "")].join();
}

/** Linux's description of the first processor, without its clock. */
function featuresOfLinux(): string {
  const [first = ""] = readFileSync("/proc/cpuinfo", "utf8").split("\n\n");
  return first.replaceAll(/^.*mhz.*$/gim, "");
}

function read(path: string): readonly KnownCompiler[] {
  try {
    const found: unknown = isOwn(path) ? JSON.parse(readFileSync(path, "utf8")) : [];
    return Array.isArray(found) ? found.filter(isKnown) : [];
  } catch (error) {
    // A damaged file counts as absent.
    if (!isOfSystem(error) && !(error instanceof SyntaxError)) throw error;
    return [];
  }
}

function isKnown(value: unknown): value is KnownCompiler {
  const { identity, macros } = (value ?? {}) as Partial<KnownCompiler>;
  const isWhole = typeof macros?.text === "string" && Array.isArray(macros.processor);
  return isWhole && typeof identity === "string";
}

function write(path: string, known: readonly KnownCompiler[]): void {
  const unfinished = `${path}.${process.pid}`;
  try {
    writeFileSync(unfinished, JSON.stringify(known), { mode: 0o600 });
    renameSync(unfinished, path);
  } catch (error) {
    // The next start asks again.
    if (!isOfSystem(error)) throw error;
  }
}
