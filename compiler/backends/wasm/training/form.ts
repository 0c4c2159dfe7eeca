// The two forms of a module: a product and its sum round once where a machine has that instruction, and twice
// in the plain form, which is the same everywhere.

import { relaxedForm } from "../../../serve/wasm.ts";
import { f32x4, i32, store } from "../instructions.ts";
import type { Tile } from "../kernels/gemm.ts";
import { type Encoded, type GivenMemory, ModuleBuilder } from "../module.ts";
import { fusedOffsets } from "../program.ts";
import { isValid } from "./machine.ts";

export type SimdForm = "relaxed" | "plain";

/**
 * The tile whose sums stay in registers: a product apart from its sum takes one more. With vectors of eight
 * numbers, which an engine makes of neighbouring fours, there are twice as many columns. It changes no bits.
 */
export function tileOf(form: SimdForm, isWide: boolean): Tile {
  if (isWide) return { rows: 4, columns: 16 };
  return { rows: form === "relaxed" ? 6 : 4, columns: 8 };
}

export function bytesIn(form: SimdForm, encoded: Encoded): Uint8Array {
  return form === "plain" ? encoded.plain : relaxedForm(encoded.plain, fusedOffsets(encoded));
}

const PROBE: GivenMemory = { shared: false, mostPages: 1 };

/** The form that this machine runs fastest. */
export function bestForm(): SimdForm {
  const module = new ModuleBuilder(0);
  module.function(1, (f) => {
    const one = f.constant(1);
    f.do(store.v128(i32.const(0), f32x4.madd(one, one, one)));
  });
  return isValid(bytesIn("relaxed", module.encode(PROBE))) ? "relaxed" : "plain";
}
