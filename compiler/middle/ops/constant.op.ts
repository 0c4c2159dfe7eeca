import { invariant } from "../../common/internal-error.ts";
import type { ConstantAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { ONCE } from "../graph/types.ts";
import { noFlops } from "./support/flops.ts";
import { filled } from "./support/references.ts";
import { f32, inputsOf } from "./support/shapes.ts";

export const constant: OpDefinition<ConstantAttributes> = {
  name: "constant",
  doc: "`value` everywhere; once [dims]. The value is finite.",
  shape: (inputs, { value, dims }) => {
    inputsOf("constant", inputs, 0);
    invariant(Number.isFinite(value), `constant ${value}`);
    return f32(ONCE, dims);
  },
  reference: (_, { attributes, output }, layout) => filled(output, layout, attributes.value),
  source: true,
  flops: noFlops,
  gradient: () => [],
  samples: () => [[1], [3], [2, 2]].map((dims) => ({ attributes: { value: -0.75, dims }, inputs: [] })),
};
