// Inputs of Graphs that a test builds by hand and feeds by name.

import type { InputAttributes } from "../../compiler/middle/graph/attributes.ts";

/** A feature of the examples, with any name. */
export function namedInput({ name, type }: Omit<InputAttributes, "role">): InputAttributes {
  return { name, type, role: { kind: "feature", feature: name, history: null } };
}
