// V8's vectors of 256 bits (Node 24 and later, x64): it makes one of two neighbouring vectors of 128 in the
// modules that it compiles while a flag is set. The flag belongs to the whole process, and V8 reads it
// whenever it optimizes a function, so it is set only while one module is compiled, all of it and at once.

import { spawnSync } from "node:child_process";
import { setFlagsFromString } from "node:v8";
import { compileModule } from "../../compiler/backends/wasm/training/machine.ts";
import type { WideOutcome, WideVectors } from "../../compiler/backends/wasm/training/wide.ts";

/**
 * Flags of V8: what makes wide vectors, and no baseline code, which would have none, nor functions that are
 * compiled when they are called.
 */
const FLAGS = ["experimental-wasm-revectorize", "no-liftoff", "no-wasm-lazy-compilation"];
/** A section without meaning. V8 gives a module that it has compiled again for the same bytes, however that was compiled. */
const SECTION = [0, 2, 1, 0x77];
const PATIENCE_MS = 20_000;

/**
 * Whether this Node has them: those of Node 22 made steps of DIN and DeepFM no faster. V8 itself looks
 * whether the processor has them.
 */
export function hasWideVectors(): boolean {
  return Number(process.versions.node.split(".")[0]) >= 24 && process.arch === "x64";
}

export function wideVectors(isAsked: boolean, told: (outcome: WideOutcome) => void): WideVectors {
  return { isAsked, told, compile };
}

function compile(bytes: Uint8Array): object | null {
  const marked = Uint8Array.from([...bytes, ...SECTION]);
  if (!compilesElsewhere(marked)) return null;
  for (const flag of FLAGS) setFlagsFromString(`--${flag}`);
  try {
    return compileModule(marked);
  } finally {
    for (const flag of FLAGS)
      setFlagsFromString(`--${flag.startsWith("no-") ? flag.slice(3) : `no-${flag}`}`);
  }
}

/** Whether another process lives through it: V8 ends a process in which its compiler meets what it does not expect. */
function compilesElsewhere(bytes: Uint8Array): boolean {
  const script = "new WebAssembly.Module(require('node:fs').readFileSync(0))";
  const { NODE_OPTIONS: _, ...env } = process.env;
  try {
    const { status } = spawnSync(process.execPath, [...FLAGS.map((flag) => `--${flag}`), "-e", script], {
      ...{ input: bytes, env, timeout: PATIENCE_MS, windowsHide: true },
      stdio: ["pipe", "ignore", "ignore"],
    });
    return status === 0;
  } catch {
    // Node may not start processes here.
    return false;
  }
}
