// A part is computed in one go, so what reads it is computed after all of it. A part that waits for what
// others make of its own values, as a repeated function does around a shared layer, is no class: it is
// written into the part around it.

import type { Node, NodeId } from "../../middle/graph/graph.ts";
import type { ModuleScope, ModuleTree } from "./scopes.ts";

/** Gives each class that is read before its last node another form. */
export function untangle(network: ModuleTree): void {
  const ends = new Map<ModuleScope, NodeId>();
  for (const { id } of network.live)
    for (let at = network.homeOf(id) ?? null; at !== null; at = at.parent) ends.set(at, id);
  const entangled = () =>
    network.live.flatMap((user) =>
      network.inputsOf(user).flatMap((input) => partsReadEarly(network, user, input, ends)),
    );
  // What stood in a part that is none any more is computed on its own, and may be read early then.
  for (let found = entangled(); found.length > 0; found = entangled())
    for (const scope of found) scope.form = "flat";
}

/** The classes that have `input` and not `user`, and end after `user` is computed. */
function partsReadEarly(
  network: ModuleTree,
  user: Node,
  input: NodeId,
  ends: ReadonlyMap<ModuleScope, NodeId>,
): ModuleScope[] {
  const home = network.homeOf(user.id);
  const found: ModuleScope[] = [];
  for (let at = network.homeOf(input) ?? null; at !== null && !network.isIn(home, at); at = at.parent) {
    if (at.form !== "class") continue;
    const computed = endWithin(classAround(at), user, home!, ends);
    if (computed !== null && computed < ends.get(at)!) found.push(at);
  }
  return found;
}

function classAround({ parent }: ModuleScope): ModuleScope {
  let at = parent!;
  while (at.form === "flat") at = at.parent!;
  return at;
}

/** The last node of what `node` is computed with in `around`; null where it is computed elsewhere. */
function endWithin(
  around: ModuleScope,
  node: Node,
  home: ModuleScope,
  ends: ReadonlyMap<ModuleScope, NodeId>,
): NodeId | null {
  let end = node.id;
  let at: ModuleScope | null = home;
  for (; at !== null && at !== around; at = at.parent) if (at.form !== "flat") end = ends.get(at)!;
  return at === null ? null : end;
}
