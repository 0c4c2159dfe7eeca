// How tfjs computes ops on what goes into a network: inputs, parameters, tables, constants.

import type { TfjsLowerings } from "../lowering.ts";
import { unlessEmpty } from "../tensors.ts";

export const sources = {
  input: (context) => context.input(context.attributes.name),
  parameter: (context) => context.parameter(context.attributes.name),
  table: (context) => context.table(context.attributes.name),
  constant: unlessEmpty(({ tf, attributes: { value, dims } }) => tf.fill([...dims], value)),
} satisfies Partial<TfjsLowerings>;
