// Finds the C compiler of this machine, and what it makes for this processor.

import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { type Machine, machines } from "../../compiler/backends/code/machine.ts";
import type { CommandResult } from "./run-command.ts";

export interface CCompiler {
  readonly program: string;
  readonly args: readonly string[];
}

/** A command that the caller runs, at once or in the background. */
export interface CompilerCommand {
  readonly program: string;
  readonly args: readonly string[];
}

/** The one named by CC, otherwise the first of clang, gcc and cc; or a clause that says why there is none. */
export function findCompiler(env: NodeJS.ProcessEnv = process.env): CCompiler | { readonly missing: string } {
  if (process.platform === "win32") return { missing: "dinc does not compile native code on Windows" };
  const given = env["CC"]?.trim() ?? "";
  if (given !== "") {
    const [name, ...args] = given.split(/\s+/);
    const program = programAt(name!, env);
    return program === null ? { missing: `CC is ${given}, which was not found` } : { program, args };
  }
  for (const name of ["clang", "gcc", "cc"]) {
    const program = programAt(name, env);
    if (program !== null) return { program, args: [] };
  }
  return { missing: "no C compiler was found; install clang or gcc (Debian: apt install clang)" };
}

function programAt(name: string, env: NodeJS.ProcessEnv): string | null {
  const places = name.includes("/")
    ? [resolve(name)]
    : (env["PATH"] ?? "").split(delimiter).flatMap((folder) => (folder === "" ? [] : join(folder, name)));
  return places.find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** A compiler and its processor, as far as its code depends on them. */
export interface CTarget {
  /** `clang 19.1.7`. */
  readonly name: string;
  readonly machine: Machine;
  /** Whether the processor rounds a product and its sum once, if code asks for it. */
  readonly hasFused: boolean;
  /** The flags that code is compiled with. */
  readonly flags: readonly string[];
  /** All that the compiler says of itself and the processor. */
  readonly facts: string;
}

/** The predefined macros of a compiler, which name its version and all features of the processor. */
export interface Macros {
  /** The flags for this very processor, as far as the compiler knows them. */
  readonly processor: readonly string[];
  readonly text: string;
}

const PROCESSORS = [["-march=native"], ["-mcpu=native"], []];

/** Asks for the code for this very processor, if the compiler can make it. */
export function* askForMacros({
  program,
  args,
}: CCompiler): Generator<CompilerCommand, Macros | { readonly missing: string }, CommandResult> {
  let last: CommandResult | null = null;
  for (const processor of PROCESSORS) {
    last = yield { program, args: [...args, ...processor, "-dM", "-E", "-x", "c", "/dev/null"] };
    if (last.code === 0 && targetOf({ processor, text: last.stdout }) !== null)
      return { processor, text: last.stdout };
    if (last.code === 0) break;
  }
  const reason = last?.stderr.split("\n")[0]?.trim() ?? "";
  return { missing: `${program} is not a C compiler that dinc knows${reason === "" ? "" : `: ${reason}`}` };
}

/** Null for a compiler that dinc does not know. */
export function targetOf({ processor, text }: Macros): CTarget | null {
  const macro = (name: string) => new RegExp(`^#define ${name} (.*)$`, "m").exec(text)?.[1] ?? null;
  const isClang = macro("__clang__") !== null;
  const parts = isClang
    ? ["__clang_major__", "__clang_minor__", "__clang_patchlevel__"]
    : ["__GNUC__", "__GNUC_MINOR__", "__GNUC_PATCHLEVEL__"];
  if (macro(parts[0]!) === null) return null;
  return {
    name: `${isClang ? "clang" : "gcc"} ${parts.map(macro).join(".")}`,
    machine: machineWith((feature) => macro(feature) !== null),
    hasFused: ["__FMA__", "__ARM_FEATURE_FMA"].some((feature) => macro(feature) !== null),
    flags: [...processor, ...flagsOf(isClang, macro("__x86_64__") !== null)],
    facts: text,
  };
}

function machineWith(has: (feature: string) => boolean): Machine {
  if (has("__AVX512F__")) return machines.avx512;
  if (has("__AVX2__")) return machines.avx2;
  return has("__ARM_NEON") ? machines.neon : machines.sse2;
}

/**
 * Higher levels compile longer and compute no faster. The code says which products and sums are rounded once.
 * gcc 12 drops calls of functions that write to memory unless `-fno-ivopts` is given.
 */
function flagsOf(isClang: boolean, isX86: boolean): readonly string[] {
  return [
    ...["-std=gnu99", "-w", isClang ? "-O1" : "-O2", "-ffp-contract=off", "-fno-math-errno"],
    ...(isClang ? [] : ["-fno-ivopts"]),
    // Units of a step stay functions: joined to one of thousands of lines, they take clang five times as long.
    ...(isClang ? ["-finline-hint-functions"] : []),
    // Looks for masks to move between registers, which this code hasn't, for a quarter of the time.
    ...(isClang && isX86 ? ["-mllvm", "-disable-x86-domain-reassignment"] : []),
    ...["-fPIC", "-fvisibility=hidden", "-shared"],
    ...(process.platform === "darwin" ? ["-undefined", "dynamic_lookup"] : []),
  ];
}
