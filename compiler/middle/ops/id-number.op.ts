// Converts ids to numbers, so that they can be compared.

import type { IdNumberAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { FIRST_KNOWN_ID } from "../graph/types.ts";
import { listsIn, requireIds } from "./lookup.op.ts";
import { flopsPerOutput } from "./support/flops.ts";
import { f32, onlyInput } from "./support/shapes.ts";

/** f32 represents all smaller whole numbers exactly. */
export const EXACT = 2 ** 24;

const HALF = 2 ** 12;

/** The whole id, exact below `EXACT`, and the two halves of any id. */
export const idParts = {
  whole: { divisor: 1, modulus: null },
  high: { divisor: HALF, modulus: null },
  low: { divisor: 1, modulus: HALF },
} as const;

export const idNumber: OpDefinition<IdNumberAttributes> = {
  name: "id_number",
  doc: "For each id [], the number ⌊id / divisor⌋, modulo `modulus` if given, and `unknown` for ids without a known value: [1], or [n, 1] for a list. It is below 2²⁴, so that f32 represents it exactly.",
  shape: (inputs) => {
    const ids = onlyInput("id_number", inputs);
    requireIds("id_number", ids);
    return f32(ids.rows, [...ids.dims, 1]);
  },
  reference: ([ids], { attributes: { divisor, modulus, unknown } }) =>
    ids!.map((id) => {
      if (id < FIRST_KNOWN_ID) return unknown;
      const quotient = Math.floor(id / divisor);
      return modulus === null ? quotient : quotient % modulus;
    }),
  readsIds: true,
  flops: flopsPerOutput(1),
  gradient: () => [null],
  samples: ({ each, steps }) =>
    [each, steps, ...listsIn(each)].flatMap((rows) =>
      [
        { ...idParts.whole, unknown: -1 },
        { divisor: 2, modulus: null, unknown: -2 },
        { divisor: 1, modulus: 2, unknown: -1 },
      ].map((attributes) => ({
        attributes,
        inputs: [{ rows, dims: rows.kind === "once" ? [5] : [], dtype: "i32" as const }],
      })),
    ),
};
