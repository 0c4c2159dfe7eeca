// A number written in the spec or needed by a rule.

import { ONCE, sizeOf } from "../graph/graph.ts";
import { invariant } from "../internal-error.ts";
import type { OpDefinition } from "./define-op.ts";
import { noFlops } from "./support/flops.ts";
import { filled } from "./support/references.ts";
import { f32, inputsOf } from "./support/shapes.ts";
import { unlessEmpty } from "./support/tfjs.ts";

export interface ConstantAttributes {
  readonly value: number;
  readonly dims: readonly number[];
}

export const constant: OpDefinition<ConstantAttributes> = {
  name: "constant",
  doc: "`value` everywhere; once [dims]. The value is finite.",
  shape: (inputs, { value, dims }) => {
    inputsOf("constant", inputs, 0);
    invariant(Number.isFinite(value), `constant ${value}`);
    return f32(ONCE, dims);
  },
  reference: (_, { attributes, output }, layout) => filled(output, layout, attributes.value),
  flops: noFlops,
  gradient: () => [],
  lower: {
    onnx: (emit, _, { attributes: { value, dims } }) =>
      emit.floats(new Array<number>(sizeOf(dims)).fill(value), dims),
    tensorflow: (emit, _, { attributes: { value, dims } }) =>
      emit.floats(new Array<number>(sizeOf(dims)).fill(value), dims),
    tfjs: unlessEmpty(({ tf, attributes: { value, dims } }) => tf.fill([...dims], value)),
    typescript: ({ attributes }) => ({ kind: "constant", value: attributes.value }),
  },
  samples: () => [[1], [3], [2, 2]].map((dims) => ({ attributes: { value: -0.75, dims }, inputs: [] })),
};
