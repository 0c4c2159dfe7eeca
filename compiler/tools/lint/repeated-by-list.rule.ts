// Finds a vector next to a list in `concat`: `flatten` then repeats it for each element of the list.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import type { Node } from "../../middle/graph/graph.ts";
import { defineRule } from "./define-rule.ts";
import type { Network } from "./network.ts";

export const repeatedByList = defineRule(catalog.repeatedByList, ({ network }, advise) => {
  for (const concat of network.all("concat")) {
    if (concat.origin === null || !isFlattened(concat, network)) continue;
    const inputs = network.inputsOf(concat);
    const repeated = inputs.find((input) => isRepeatedFor(concat, input));
    if (repeated !== undefined && inputs.some((input) => !isRepeatedFor(concat, input)))
      advise({ times: repeated.type.dims[0]! }, concat.origin);
  }
});

/** Tells whether only `flatten` reads the list. */
function isFlattened(list: Node, network: Network): boolean {
  const users = network.usersOf(list);
  return list.type.dims.length === 2 && users.length > 0 && users.every(isFlat);
}

function isFlat({ op, type }: Node): boolean {
  return op === "reshape" && type.dims.length === 1;
}

/** A copy for each element is intended if the call itself makes it. */
function isRepeatedFor({ origin }: Node, { op, origin: own }: Node): boolean {
  return op === "broadcast_list" && own?.start === origin!.start && own.end === origin!.end;
}
