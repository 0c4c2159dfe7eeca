// Runs a program's WebAssembly, in the form that the machine supports, over one memory for all requests.

import { type Tolerance, verifyGolden } from "./golden.ts";
import type { GoldenRequest } from "./weights.ts";

/** A compiled module, such as that of `import model from "./model.wasm"` on an edge worker. */
export type WasmModule = object;

interface WasmInstance {
  readonly exports: object;
}

/** The used part of the WebAssembly API; its types are declared only for browsers. */
declare const WebAssembly:
  | {
      instantiate(bytes: Uint8Array): Promise<{ readonly instance: WasmInstance }>;
      instantiate(module: WasmModule): Promise<WasmInstance>;
      readonly Module: { exports(module: WasmModule): readonly { readonly name: string }[] };
    }
  | undefined;

/**
 * The exports of a module of `compiler/backends/wasm`; counts are the number of candidates, then of each
 * history's steps.
 */
interface WasmExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly request: (...counts: number[]) => void;
  readonly candidates: (...counts: number[]) => void;
  /**
   * For sessions that take events: the history's number, the counts, the first new step, and the first step
   * whose recurrences and causal attention are computed.
   */
  readonly append?: (history: number, ...counts: number[]) => void;
  /** For programs that project tables: the table, the number of its rows, and the number of earlier rows. */
  readonly project?: (table: number, rows: number, before: number) => void;
}

/** The code of a program, in hexadecimal. */
export interface WasmBinary {
  readonly program: string;
  readonly from: number;
  readonly to: number;
  readonly code: string;
  readonly fused: string;
}

/** Thrown if the given `wasm` is not the WebAssembly module of this program. */
export class RankerWasmError extends Error {
  override readonly name = "RankerWasmError";
}

/** The owner of the values in memory; `saved` holds them while the memory has another owner's. */
export interface WasmOwner {
  saved: Float32Array | null;
}

/**
 * The code that computes scores: SIMD with multiply-adds that round once, SIMD, the given module, or plain
 * TypeScript.
 */
export type Backend = "relaxed-simd" | "simd" | "module" | "typescript";

/** Bytes of a page; a memory grows by pages. */
export const PAGE = 65536;

/** The number of a table's rows that are projected at a time. */
export const PROJECTED_AT_A_TIME = 256;

export class Wasm {
  readonly backend: Backend;
  readonly run: WasmExports;
  /** The bytes of the values that a request computes. */
  private readonly from: number;
  private readonly to: number;
  private owner: WasmOwner | null = null;
  /** The address of the next table. */
  private end = 0;

  constructor(instance: WasmInstance, backend: Backend, from: number, to: number) {
    this.run = instance.exports as unknown as WasmExports;
    this.backend = backend;
    this.from = from;
    this.to = to;
  }

  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.run.memory.buffer, address, length);
  }

  integers(address: number, length: number): Int32Array {
    return new Int32Array(this.run.memory.buffer, address, length);
  }

  /**
   * Makes room after all other values, which end at `end`, for tables of `numbers` numbers, and fills it.
   * Earlier views of the memory are invalid afterwards. @throws RankerWasmError
   */
  fill(end: number, numbers: number, fill: () => void): void {
    this.end = end;
    try {
      this.run.memory.grow(Math.ceil((4 * numbers) / PAGE));
      fill();
    } catch (error) {
      throw this.backend === "module" ? changed(error) : error;
    }
  }

  /**
   * Stores a copy of `table` [.., inner], or the projected table `index` if there is one, of `length`
   * numbers; its address is stored at `cell`. Rows to project are copied to `rows` first.
   */
  place(
    cell: number,
    table: Float32Array,
    length: number,
    index: number,
    inner: number,
    rows: number,
  ): Float32Array {
    const placed = this.floats(this.end, length);
    this.integers(cell, 1)[0] = this.end;
    this.end += 4 * length;
    const most = inner * PROJECTED_AT_A_TIME;
    if (rows === 0) placed.set(table);
    else
      for (let from = 0; from < table.length; from += most) {
        const some = table.subarray(from, from + most);
        this.put([[rows, some]]);
        this.run.project!(index, some.length / inner, from / inner);
      }
    return placed;
  }

  put(all: readonly (readonly [address: number, values: Float32Array])[]): void {
    for (const [address, values] of all) this.floats(address, values.length).set(values);
  }

  /** Puts the owner's values into the memory, after saving those of the previous owner. */
  own(owner: WasmOwner): void {
    if (this.owner === owner) return;
    const values = this.floats(this.from, (this.to - this.from) / 4);
    if (this.owner !== null) {
      this.owner.saved ??= new Float32Array(values.length);
      this.owner.saved.set(values);
    }
    if (owner.saved !== null) values.set(owner.saved);
    this.owner = owner;
  }
}

/**
 * The best form of a program that this machine supports; null without SIMD, or if it may not compile. A given
 * module is used as it is, if it exports `program`, the name of this code. @throws RankerWasmError
 */
export async function startWasm(
  { program, from, to, code, fused }: WasmBinary,
  wanted: "auto" | "simd" | "typescript" = "auto",
  given?: WasmModule,
): Promise<Wasm | null> {
  if (wanted === "typescript" || typeof WebAssembly === "undefined") return null;
  if (given !== undefined) {
    if (!exportsOf(given).includes(program))
      throw new RankerWasmError(
        "wasm is another model's: take the model.wasm that was compiled with model.ts",
      );
    try {
      return new Wasm(await WebAssembly.instantiate(given), "module", from, to);
    } catch (error) {
      throw changed(error);
    }
  }
  const plain = fromHex(code);
  for (const backend of ["relaxed-simd", "simd"] as const) {
    if (backend === "relaxed-simd" && (wanted === "simd" || fused === "")) continue;
    const bytes = backend === "simd" ? plain : relaxedForm(plain, fromHex(fused));
    try {
      const { instance } = await WebAssembly.instantiate(bytes);
      return new Wasm(instance, backend, from, to);
    } catch {
      // The machine lacks this form, or a policy forbids compiling: tries the next one.
    }
  }
  return null;
}

/**
 * At least this many candidates reach every part of the code, because there are then several blocks, and
 * several lanes in a block.
 */
const MANY = 131;

/**
 * Scores golden requests with a given module, as they are and with their candidates repeated. The bytes of a
 * compiled module cannot be read, so only its results can be checked. @throws RankerWasmError
 */
export function checkGiven(
  golden: readonly GoldenRequest[],
  logitsOf: (request: unknown) => readonly (readonly [string, Float32Array])[],
  tolerance: Tolerance,
): void {
  try {
    verifyGolden(golden, logitsOf, tolerance);
    verifyGolden(golden.map(repeated), logitsOf, tolerance);
  } catch (error) {
    throw changed(error);
  }
}

/** Modified code may do anything: return wrong scores, or trap. */
function changed(error: unknown): RankerWasmError {
  return new RankerWasmError(
    `wasm was changed: it does not compute what model.wasm does (${error instanceof Error ? error.message : error})`,
  );
}

function repeated({ request, logits }: GoldenRequest): GoldenRequest {
  const { candidates } = request as { readonly candidates: readonly unknown[] };
  const times = Math.ceil(MANY / candidates.length);
  const over = <T>(list: readonly T[]): T[] => Array.from({ length: times }, () => list).flat();
  return {
    request: { ...(request as object), candidates: over(candidates) },
    logits: logits.map(([label, values]) => [label, over(values)] as const),
  };
}

/** The exports of the module. */
function exportsOf(given: WasmModule): readonly string[] {
  try {
    return WebAssembly!.Module.exports(given).map(({ name }) => name);
  } catch {
    throw new RankerWasmError("wasm must be a WebAssembly.Module, compiled from model.wasm");
  }
}

function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/**
 * The same code with multiply-adds. `fused` has for each half the bytes since the previous one, times two,
 * plus one for the second half, as LEB128.
 */
export function relaxedForm(plain: Uint8Array, fused: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(plain);
  let place = 0;
  let number = 0;
  let shift = 0;
  for (const byte of fused) {
    number += (byte & 127) << shift;
    shift += 7;
    if (byte > 127) continue;
    place += number >> 1;
    // No operation three times; or f32x4.relaxed_madd.
    bytes.set(number & 1 ? [0xfd, 0x85, 0x02] : [1, 1, 1], place);
    number = 0;
    shift = 0;
  }
  return bytes;
}
