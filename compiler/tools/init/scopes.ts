// Decides the scope of a feature, user, item or request: by whether its values depend on a key, then by its
// name.

import type { Keys, NamedColumn } from "./columns.ts";
import type { DraftScope } from "./plan.ts";
import { CONSISTENT, dependence } from "./relations.ts";
import { scopeByName } from "./words.ts";

const LEAST_AGAIN = 20;

export function scopeOf(
  column: NamedColumn,
  isBound: boolean,
  { user, item }: Keys,
): { readonly scope: DraftScope; readonly reason: string } {
  if (isBound) return { scope: "item", reason: "of the item, like the field of a history" };
  if (column === user) return { scope: "user", reason: "the user" };
  if (column === item) return { scope: "item", reason: "the candidate" };
  if (column.of === "items") return { scope: "item", reason: "of the item, as its table says" };
  if (column.of === "users") return { scope: "user", reason: "of the user, as its table says" };
  const follows = (key: NamedColumn | null) => {
    if (key === null) return false;
    const { again, share } = dependence(key.cells, column.cells);
    return again >= LEAST_AGAIN && share >= CONSISTENT;
  };
  const [ofUser, ofItem] = [follows(user), follows(item)];
  if (ofUser && !ofItem)
    return { scope: "user", reason: `of the user: the same in all rows of one ${user!.header}` };
  if (ofItem && !ofUser)
    return { scope: "item", reason: `of the item: the same in all rows of one ${item!.header}` };
  const said = scopeByName(column.name);
  if (said === "context") return { scope: "context", reason: "of the request, by its name" };
  if (said === "user") return { scope: "user", reason: "of the user, by its name" };
  if (said === "item") return { scope: "item", reason: "of the item, by its name" };
  return { scope: "item", reason: "may differ from candidate to candidate" };
}
