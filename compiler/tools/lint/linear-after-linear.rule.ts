// Finds a linear layer directly after another, which one layer could replace.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import { at } from "../../frontend/syntax/reporter.ts";
import type { Node } from "../../middle/graph/graph.ts";
import { defineRule } from "./define-rule.ts";
import type { Network } from "./network.ts";

export const linearAfterLinear = defineRule(catalog.linearAfterLinear, ({ network }, advise) => {
  for (const product of network.all("matmul")) {
    const second = layerOf(product, network);
    const first = second === null ? null : layerOf(second.input, network);
    if (second === null || first === null || product.origin === null) continue;
    // The value has other users, so it is not only an intermediate one.
    if (network.usersOf(second.input).length > 1) continue;
    if (first.width < first.inputWidth && first.width < second.width) continue;
    const place = second.input.origin;
    advise({ first: first.width, second: second.width }, product.origin, {
      related:
        place === null || place === product.origin || place.start === product.origin.start
          ? []
          : [at(place, "no activation here")],
    });
  }
});

/** The parts of `x·W + b`, from its sum or its product; null for anything else. */
export function layerOf(
  node: Node,
  network: Network,
): { readonly input: Node; readonly inputWidth: number; readonly width: number } | null {
  if (node.op === "add") {
    const product = network.inputsOf(node).find(({ op }) => op === "matmul");
    const bias = network.inputsOf(node).some(({ op }) => op === "parameter");
    return product === undefined || !bias ? null : layerOf(product, network);
  }
  if (node.op !== "matmul") return null;
  const [input, weights] = network.inputsOf(node);
  if (weights!.op !== "parameter") return null;
  return { input: input!, inputWidth: input!.type.dims.at(-1) ?? 1, width: node.type.dims.at(-1) ?? 1 };
}
