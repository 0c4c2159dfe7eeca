// Finds the `let`s of a net that only losses read. They follow the rules of losses.

import { type Expression, isLocal, type Local, namesOf, type Statement } from "../syntax/nodes.ts";
import { referencesOf } from "../syntax/references.ts";
import { expressionsIn } from "../syntax/walk.ts";

/** A `layer` never counts: each of its calls follows the rules of the place of the call. */
export function readByLossesOnly(statements: readonly Statement[]): ReadonlySet<Local> {
  const ends = statements.filter((statement) => !isLocal(statement) || statement.kind === "output");
  const served = ends.flatMap(({ kind, value }) => (kind === "loss" ? [] : [value]));
  const byServed = readBy(served, statements);
  const byAny = readBy(ends.flatMap(expressionsIn), statements);
  return new Set([...byAny].filter((local) => local.kind === "let" && !byServed.has(local)));
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
