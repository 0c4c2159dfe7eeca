// The argument `init` of functions with learned values: what these begin as.

import type { WrittenInit } from "../model/model.ts";
import { numberOf } from "../values/types.ts";
import type { FunctionCall } from "../values/values.ts";

/** What `init` says; null where it says nothing. */
export function initOf(
  call: FunctionCall,
): WrittenInit | { readonly kind: "constant"; readonly value: number } | null {
  const { type } = call.argument("init").value;
  if (type.kind === "initial") return type.init;
  const value = numberOf(type);
  return value === null ? null : { kind: "constant", value };
}
