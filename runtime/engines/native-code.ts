// Native code as another form of a step: C, printed from the step's code, compiled on this machine, and loaded by
// each thread for the same memory.

import { printNodeAddon } from "../../compiler/backends/c/node-addon.ts";
import type { SimdForm } from "../../compiler/backends/wasm/training/form.ts";
import type { StepProgram } from "../../compiler/backends/wasm/training/machine.ts";
import type { FormOutcome, OtherForm, StepSource } from "../../compiler/backends/wasm/training/other-form.ts";
import type { CCompiler, CTarget } from "../native/c-compiler.ts";
import {
  type CompiledLibrary,
  compileInBackground,
  compileNow,
  findCompiled,
  type PrintFor,
} from "../native/compile-library.ts";
import { problemOfLibrary } from "../native/library.ts";
import type { NativeCodeOutcome } from "./options.ts";

/** A compiler makes the same code every time; a comparison costs as much as five steps. */
const HOLDS = 2_000;

/**
 * With the bits of WebAssembly in `form`, where a product and its sum are rounded once or twice. If it is asked for, the
 * first step waits for the compiler; otherwise a compiler in the background is stopped after `patience` milliseconds.
 */
export function nativeCode(
  isAsked: boolean,
  compiler: CCompiler,
  form: SimdForm,
  told: (outcome: NativeCodeOutcome) => void,
  patience?: number,
): OtherForm {
  let last: CompiledLibrary = { missing: "" };
  let before: { readonly step: StepSource; readonly found: CompiledLibrary } | null = null;
  const programOf = (found: CompiledLibrary): StepProgram | "missing" => {
    const problem = "missing" in found ? null : problemOfLibrary(found.path);
    last = problem === null ? found : { missing: problem };
    return "missing" in last ? "missing" : { kind: "native", library: last.path };
  };
  return {
    ...{ isAsked, holds: HOLDS },
    wasMade(step) {
      const found = findCompiled(compiler, printerOf(step, form));
      before = found === null ? null : { step, found };
      return before !== null;
    },
    make(step) {
      const print = printerOf(step, form);
      let found: StepProgram | "missing" | null = null;
      if (before?.step === step) found = programOf(before.found);
      else if (isAsked) found = programOf(compileNow(compiler, print));
      else
        compileInBackground(compiler, print, patience).then(
          (made) => {
            found = programOf(made);
          },
          (error: unknown) => {
            found = programOf({ missing: error instanceof Error ? error.message : String(error) });
          },
        );
      return { found: () => found };
    },
    told: (outcome: FormOutcome) => {
      switch (outcome.kind) {
        case "taken":
          told({ kind: "taken", by: "missing" in last ? "" : wordsFor(last.target) });
          break;
        case "missing":
          told({ kind: "missing", reason: "missing" in last ? last.missing : "" });
          break;
        default:
          told(outcome);
      }
    },
  };
}

/** `clang 19.1.7 for vectors of 512 bits`. */
export function wordsFor({ name, machine: { lanes } }: CTarget): string {
  return `${name} for vectors of ${32 * lanes} bits`;
}

function printerOf(step: StepSource, form: SimdForm): PrintFor {
  return ({ machine, hasFused }) => {
    const isFused = form === "relaxed" && hasFused;
    return printNodeAddon(step.code({ ...machine, isFused }), isFused);
  };
}
