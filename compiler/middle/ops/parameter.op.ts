// The value of a weight, a moving average or an optimizer's slot.

import { invariant } from "../../common/internal-error.ts";
import type { ParameterAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { ONCE } from "../graph/types.ts";
import { noFlops } from "./support/flops.ts";
import { f32, inputsOf } from "./support/shapes.ts";

export const parameter: OpDefinition<ParameterAttributes> = {
  name: "parameter",
  doc: "The value of the parameter `name` before this run's updates; once [dims].",
  shape: (inputs, { dims }) => {
    inputsOf("parameter", inputs, 0);
    return f32(ONCE, dims);
  },
  reference: (_, { attributes }) => invariant(false, `parameter ${attributes.name} is not given`) as never,
  source: true,
  learned: true,
  flops: noFlops,
  gradient: () => [],
  samples: () =>
    [[3], [2, 4]].map((dims, i) => ({ attributes: { name: `net.dense_${i}.kernel`, dims }, inputs: [] })),
};
