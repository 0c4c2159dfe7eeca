// Size of a batch.

import { call } from "../backends/typescript/lowering.ts";
import { ONCE, type Rows } from "../graph/graph.ts";
import type { OpDefinition } from "./define-op.ts";
import { noFlops } from "./support/flops.ts";
import * as onnx from "./support/onnx.ts";
import { f32, inputsOf } from "./support/shapes.ts";
import { floatCount, reshape } from "./support/tensorflow.ts";
import { count, output } from "./support/typescript.ts";

export interface CountRowsAttributes {
  readonly rows: Rows;
}

export const countRows: OpDefinition<CountRowsAttributes> = {
  name: "count_rows",
  doc: "How many rows of that kind there are, as f32: once [1].",
  shape: (inputs) => {
    inputsOf("count_rows", inputs, 0);
    return f32(ONCE, [1]);
  },
  reference: (_, { attributes }, layout) => Float64Array.of(layout.count(attributes.rows)),
  joins: "sum",
  flops: noFlops,
  gradient: () => [],
  lower: {
    onnx: (emit, _, { attributes }) => onnx.toFloat(emit, emit.count(attributes.rows)),
    tensorflow: (emit, _, { attributes }) => reshape(emit, floatCount(emit, attributes.rows), [1]),
    tfjs: (context) => context.tf.tensor1d([context.count(context.attributes.rows)], "float32"),
    typescript: ({ attributes }) => call("countRows", output, count(attributes.rows)),
  },
  samples: ({ each, steps, table }) =>
    [each, steps, table].map((rows) => ({ attributes: { rows }, inputs: [] })),
};
