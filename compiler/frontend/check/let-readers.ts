// Tells which statements read each `let` of a net. A `let` that only losses read follows the rules of losses.

import { type Expression, isLocal, type Local, namesOf, type Statement } from "../syntax/nodes.ts";
import { referencesOf } from "../syntax/references.ts";
import { expressionsIn } from "../syntax/walk.ts";

/** The readers of a `let`, also through others: a prediction among them, losses alone, or none. */
export type Readers = "served" | "losses" | "none";

/** A `layer` counts as served, because each of its calls follows the rules of the place of the call; and so does an output. */
export function readersOf(statements: readonly Statement[]): (local: Local) => Readers {
  const ends = statements.filter((statement) => !isLocal(statement) || statement.kind === "output");
  const served = ends.flatMap(({ kind, value }) => (kind === "loss" ? [] : [value]));
  const byServed = readBy(served, statements);
  const byAny = readBy(ends.flatMap(expressionsIn), statements);
  return (local) => {
    if (local.kind !== "let" || byServed.has(local)) return "served";
    return byAny.has(local) ? "losses" : "none";
  };
}

/** The `let`s and layers that expressions read, directly or through others. */
function readBy(expressions: readonly Expression[], statements: readonly Statement[]): ReadonlySet<Local> {
  const locals = statements.filter(isLocal);
  const named = new Map(locals.flatMap((local) => namesOf(local).map(({ name }) => [name, local] as const)));
  const found = new Set<Local>();
  const open = [...expressions];
  for (let next = open.pop(); next !== undefined; next = open.pop())
    for (const { name } of referencesOf(next)) {
      const local = named.get(name);
      if (local === undefined || found.has(local)) continue;
      found.add(local);
      open.push(local.value);
    }
  return found;
}
