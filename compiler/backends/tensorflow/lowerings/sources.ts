// TensorFlow lowerings of the sources of a network: inputs, parameters, tables, constants.

import { sizeOf } from "../../../middle/graph/types.ts";
import type { TensorflowLowerings } from "../lowering.ts";

export const sources = {
  input: (emit, _, { attributes }) => emit.input(attributes.name),
  parameter: (emit, _, { attributes }) => emit.parameter(attributes.name),
  table: (emit, _, { attributes }) => emit.table(attributes.name),
  constant: (emit, _, { attributes: { value, dims } }) =>
    emit.floats(new Array<number>(sizeOf(dims)).fill(value), dims),
} satisfies Partial<TensorflowLowerings>;
