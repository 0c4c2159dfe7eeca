// The two forms of a module: a product and its sum round once where a machine has that instruction, and twice in the plain form, which is
// the same everywhere.

import { relaxedForm } from "../../../../runtime/serve/wasm.ts";
import { f32x4, i32, store } from "../instructions.ts";
import type { TileRows } from "../kernels/gemm.ts";
import { type Encoded, type GivenMemory, ModuleBuilder } from "../module.ts";
import { fusedPlaces } from "../program.ts";
import { isValid } from "./machine.ts";

export type Form = "relaxed" | "plain";

/** Rows of a tile whose sums stay in registers: a product apart from its sum takes one more. */
export const tileRows: Readonly<Record<Form, TileRows>> = { relaxed: 6, plain: 4 };

export function bytesIn(form: Form, encoded: Encoded): Uint8Array {
  return form === "plain" ? encoded.plain : relaxedForm(encoded.plain, fusedPlaces(encoded));
}

const PROBE: GivenMemory = { shared: false, mostPages: 1 };

/** The form that this machine runs fastest. */
export function bestForm(): Form {
  const module = new ModuleBuilder(0);
  module.function(1, (f) => {
    const one = f.constant(1);
    f.do(store.v128(i32.const(0), f32x4.madd(one, one, one)));
  });
  return isValid(bytesIn("relaxed", module.encode(PROBE))) ? "relaxed" : "plain";
}
