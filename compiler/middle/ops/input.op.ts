// A value that is fed at every run: a feature, a label, an optimizer's scalar.

import { invariant } from "../../common/internal-error.ts";
import type { InputAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { ONCE } from "../graph/types.ts";
import { noFlops } from "./support/flops.ts";
import { f32, inputsOf } from "./support/shapes.ts";

export const input: OpDefinition<InputAttributes> = {
  name: "input",
  doc: "The value that is fed under `name` at every run; its type is declared. Ids have no dims and type i32.",
  shape: (inputs, { type }) => {
    inputsOf("input", inputs, 0);
    return type;
  },
  reference: (_, { attributes }) => invariant(false, `input ${attributes.name} is not fed`) as never,
  source: true,
  flops: noFlops,
  gradient: () => [],
  samples: ({ each, steps }) =>
    [f32(each, [3]), f32(steps, [2]), f32(ONCE, [1])].map((type, i) => ({
      attributes: {
        ...{ name: `feature_${i}`, type },
        role: { kind: "feature", feature: `feature_${i}`, history: null },
      },
      inputs: [],
    })),
};
