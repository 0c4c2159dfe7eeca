// Dissolves classes that cannot be computed in one go. Code that reads a part's result runs after the whole
// part. A part that waits for others' results from its own values, such as a repeated function around a
// shared layer, cannot be a class: it is inlined into its parent.

import type { Node, NodeId } from "../../middle/graph/graph.ts";
import type { ModuleScope, ModuleTree } from "./scopes.ts";

/** Changes the form of each class that is read before its last node. */
export function untangle(network: ModuleTree): void {
  const ends = new Map<ModuleScope, NodeId>();
  for (const { id } of network.live)
    for (let at = network.homeOf(id) ?? null; at !== null; at = at.parent) ends.set(at, id);
  const entangled = () =>
    network.live.flatMap((user) =>
      network.inputsOf(user).flatMap((input) => partsReadEarly(network, user, input, ends)),
    );
  // Parts of a dissolved class are computed on their own, and may then be read early.
  for (let found = entangled(); found.length > 0; found = entangled())
    for (const scope of found) scope.form = "flat";
}

/** The classes that contain `input` and not `user`, and end after `user` is computed. */
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

/** The last node in `around` that is computed together with `node`; null if it is computed elsewhere. */
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
