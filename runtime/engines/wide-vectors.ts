// V8's vectors of 256 bits (Node 24 and later, x64). With a flag, V8 merges two neighbouring 128-bit vectors
// in the modules that it compiles. The flag applies to the whole process, and V8 reads it whenever it
// optimizes a function, so it is set only while one module is compiled completely.

import { spawnSync } from "node:child_process";
import { setFlagsFromString } from "node:v8";
import { machines } from "../../compiler/backends/code/machine.ts";
import { compileModule } from "../../compiler/backends/wasm/training/machine.ts";
import type { FormOutcome, OtherForm } from "../../compiler/backends/wasm/training/other-form.ts";

/**
 * V8's flags: one for wide vectors, one against baseline code, which would not have them, and one against
 * functions that are compiled only when called.
 */
const FLAGS = ["experimental-wasm-revectorize", "no-liftoff", "no-wasm-lazy-compilation"];
/**
 * A section without meaning. For the same bytes, V8 returns an already compiled module, whatever flags it was
 * compiled with.
 */
const SECTION = [0, 2, 1, 0x77];
const PATIENCE_MS = 20_000;
/** V8 does not make the same code every time. */
const HOLDS = 500;

/**
 * Whether this Node has useful wide vectors: those of Node 22 made steps of DIN and DeepFM no faster. V8
 * itself checks the processor.
 */
export function hasWideVectors(): boolean {
  return Number(process.versions.node.split(".")[0]) >= 24 && process.arch === "x64";
}

export function wideVectors(isAsked: boolean, told: (outcome: FormOutcome) => void): OtherForm {
  return {
    ...{ isAsked, told, holds: HOLDS },
    make(step) {
      const module = compile(step.bytes(step.code(machines.joinedWasm)));
      return { found: () => (module === null ? "missing" : { kind: "wasm", module }) };
    },
  };
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

/**
 * Compiles the module in another process first, because V8 ends a process if its compiler meets an unexpected
 * case.
 */
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
    // Node may not be allowed to start processes.
    return false;
  }
}
