// Makes the WebAssembly module of a ranking program, in the form that generated modules contain.

import type { NodeId, ValidGraph } from "../../middle/graph/graph.ts";
import { machines } from "../code/machine.ts";
import { type RankingCode, rankingCode } from "../code/program.ts";
import type { Mode } from "../contract/emit-options.ts";
import { type Encoded, encode, fusedOffsets } from "./encode.ts";

export interface WasmProgram extends RankingCode {
  readonly encoded: Encoded;
}

/**
 * `longest` gives the largest number of steps of a history; null if the values of such long histories do not
 * fit. `keeps`: see `rankingCode`.
 */
export function wasmProgram(
  graph: ValidGraph,
  longest: (history: string) => number,
  mode: Mode,
  beside?: ReadonlySet<string>,
  keeps: ReadonlySet<NodeId> | null = null,
): WasmProgram | null {
  const program = rankingCode(graph, longest, mode, machines.wasm, beside, undefined, keeps);
  if (program === null) return null;
  const { arena, code } = program;
  return { ...program, encoded: encode(code, arena.pages, arena.tables.length > 0) };
}

/** A program's code in the form that generated modules contain: see `startWasm`. */
export function embedded({ encoded }: WasmProgram): { readonly code: string; readonly fused: string } {
  return { code: toHex(encoded.plain), fused: toHex(fusedOffsets(encoded)) };
}

/**
 * Hexadecimal: when served compressed, it takes a third less than base64, because repeated bytes remain
 * repeated text.
 */
function toHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
