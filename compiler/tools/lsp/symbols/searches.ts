// Finds the history that a `let` searches: `let near = top(clicks, 50)` has the fields of `clicks`.

import type { Expression } from "../../../frontend/syntax/nodes.ts";

/** The name that is searched, if it is a history; null if nothing is searched. */
export function searchedIn(value: Expression): string | null {
  if ((value.kind !== "call" && value.kind !== "pipe") || value.callee.name !== "top") return null;
  const from = value.kind === "pipe" ? value.input : value.arguments[0]?.value;
  const object = from?.kind === "field" ? from.object : from;
  return object?.kind === "name" ? object.name : null;
}
