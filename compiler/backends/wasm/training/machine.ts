// What runs WebAssembly, as far as it is used here: its own types come with those of browsers only.

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

/** 4 GiB, the most that addresses of 32 bits reach. */
export const MOST_PAGES = 2 ** 32 / PAGE;

export type StepFunctions = Readonly<Record<string, (...values: number[]) => void>>;

/**
 * Whether a memory can be shared: threads can have it then, and views of it stay what they are when it grows.
 * A web page that may not send it to threads can make one, though it has no SharedArrayBuffer by name.
 */
export function hasSharedMemory(): boolean {
  isShareable ??= canShareMemory();
  return isShareable;
}

/** Found out once: even an empty memory reserves room. */
let isShareable: boolean | null = null;

function canShareMemory(): boolean {
  try {
    return new WebAssembly.Memory({ initial: 0, maximum: 0, shared: true }).buffer.byteLength === 0;
  } catch {
    return false;
  }
}

/** Throws DiagnosticError where the machine has no room for it. */
export function newMemory(pages: number, shared: boolean): WasmMemory {
  // What a memory may become is reserved at once, which a process with limits may not have.
  for (let maximum = MOST_PAGES; maximum / 4 >= pages; maximum /= 4)
    try {
      return new WebAssembly.Memory({ initial: pages, maximum, shared });
    } catch {
      // The next one is smaller.
    }
  return inRoom(() => new WebAssembly.Memory({ initial: pages, maximum: pages, shared }));
}

/** Throws DiagnosticError where the machine has no room for more, or its addresses do not reach so far. */
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

export function instantiateModule(module: object, memory: WasmMemory): StepFunctions {
  return new WebAssembly.Instance(module, { env: { memory } }).exports;
}

export function isValid(bytes: Uint8Array): boolean {
  return WebAssembly.validate(bytes);
}
