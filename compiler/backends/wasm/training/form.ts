// The two forms of a module. A product and its sum are rounded once if the machine has that instruction; the
// plain form rounds twice, which is the same everywhere.

import { relaxedForm } from "../../../serve/wasm.ts";
import { ModuleBuilder } from "../../code/builder.ts";
import { i32, store, vector } from "../../code/expressions.ts";
import { type Machine, machines } from "../../code/machine.ts";
import { type Encoded, encode, fusedOffsets, type GivenMemory } from "../encode.ts";
import { isValid } from "./machine.ts";

export type SimdForm = "relaxed" | "plain";

/** The machine for which a module of that form is written. */
export function machineOf(form: SimdForm): Machine {
  return form === "relaxed" ? machines.relaxedWasm : machines.wasm;
}

export function bytesIn(form: SimdForm, encoded: Encoded): Uint8Array {
  return form === "plain" ? encoded.plain : relaxedForm(encoded.plain, fusedOffsets(encoded));
}

const PROBE: GivenMemory = { shared: false, mostPages: 1 };

/** The fastest form on this machine. */
export function bestForm(): SimdForm {
  const module = new ModuleBuilder(0, machines.wasm);
  module.function(1, (f) => {
    const one = f.constant(1);
    f.do(store.vector(i32.const(0), vector.madd(one, one, one)));
  });
  return isValid(bytesIn("relaxed", encode(module, PROBE))) ? "relaxed" : "plain";
}
