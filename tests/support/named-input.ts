// Inputs of Graphs that a test makes by hand and feeds by name.

import type { InputAttributes } from "../../compiler/middle/graph/attributes.ts";

/** A feature of the examples, whatever its name looks like. */
export function namedInput({ name, type }: Omit<InputAttributes, "role">): InputAttributes {
  return { name, type, role: { kind: "feature", feature: name, history: null } };
}
