// Lowerings of the sources of a network: inputs, parameters, tables, constants.

import type { KernelLowerings } from "../lowering.ts";

export const sources = {
  input: ({ attributes }) => ({ kind: "source", source: "input", name: attributes.name }),
  parameter: ({ attributes }) => ({ kind: "source", source: "parameter", name: attributes.name }),
  table: ({ attributes }) => ({ kind: "source", source: "table", name: attributes.name }),
  constant: ({ attributes }) => ({ kind: "constant", value: attributes.value }),
} satisfies Partial<KernelLowerings>;
