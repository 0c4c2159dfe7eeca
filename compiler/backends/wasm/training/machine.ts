// The parts of the WebAssembly API that are used here; its types are declared only for browsers.

import { invariant } from "../../../common/internal-error.ts";
import { outOfMemory } from "../../../diagnostics/catalog/system.ts";
import { DiagnosticError, diagnose, noLocation } from "../../../diagnostics/diagnostic.ts";
import { PAGE } from "../../../serve/wasm.ts";

export interface WasmMemory {
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
  grow(pages: number): number;
}

interface WasmConstructors {
  readonly Memory: new (of: { initial: number; maximum: number; shared: boolean }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: Readonly<Record<string, (...values: number[]) => void>> };
  validate(bytes: Uint8Array): boolean;
}

declare const WebAssembly: WasmConstructors;

/** 4 GiB, the limit of 32-bit addresses. */
export const MOST_PAGES = 2 ** 32 / PAGE;

export function hasWebAssembly(): boolean {
  return typeof WebAssembly !== "undefined";
}

export type StepFunctions = Readonly<Record<string, (...values: number[]) => void>>;

/**
 * Tells whether a memory can be shared. Then threads can use it, and views of it stay valid when it grows. A
 * web page that may not send it to threads can still make one, although it has no SharedArrayBuffer by name.
 */
export function hasSharedMemory(): boolean {
  isShareable ??= canShareMemory();
  return isShareable;
}

/** Checked once, because even an empty memory reserves address space. */
let isShareable: boolean | null = null;

function canShareMemory(): boolean {
  try {
    return new WebAssembly.Memory({ initial: 0, maximum: 0, shared: true }).buffer.byteLength === 0;
  } catch {
    return false;
  }
}

/** Throws DiagnosticError if the machine has too little memory. */
export function newMemory(pages: number, shared: boolean): WasmMemory {
  // The maximum is reserved at once, which may exceed a process's limits. Batches with longer histories need room to grow.
  for (let maximum = MOST_PAGES; maximum > pages; maximum /= 4)
    try {
      return new WebAssembly.Memory({ initial: pages, maximum, shared });
    } catch {
      // Tries a smaller maximum.
    }
  return inRoom(() => new WebAssembly.Memory({ initial: pages, maximum: pages, shared }));
}

/** Throws DiagnosticError if the machine has no more memory, or the addresses do not reach that far. */
export function growMemory(memory: WasmMemory, pages: number): void {
  inRoom(() => memory.grow(pages));
}

function inRoom<T>(take: () => T): T {
  try {
    return take();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new DiagnosticError([diagnose(outOfMemory, {}, noLocation)]);
  }
}

export function compileModule(bytes: Uint8Array): object {
  return new WebAssembly.Module(bytes);
}

function instantiateModule(module: object, memory: WasmMemory): StepFunctions {
  return new WebAssembly.Instance(module, { env: { memory } }).exports;
}

/** A step in one form, as threads receive it. */
export type StepProgram =
  | { readonly kind: "wasm"; readonly module: object }
  /** The path of a library that the edge loads. */
  | { readonly kind: "native"; readonly library: string };

export type LoadLibrary = (library: string, memory: WasmMemory) => StepFunctions;

/** The functions of a step for a memory. Libraries are for machines that can load them. */
export function functionsOf(program: StepProgram, memory: WasmMemory, load?: LoadLibrary): StepFunctions {
  if (program.kind === "wasm") return instantiateModule(program.module, memory);
  invariant(load, "a library for a machine that cannot load any");
  return load(program.library, memory);
}

export function isValid(bytes: Uint8Array): boolean {
  return WebAssembly.validate(bytes);
}
