// Finds a logarithm or a root of a linear layer's output, which is negative as often as not.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import { defineRule } from "./define-rule.ts";
import { layerOf } from "./linear-after-linear.rule.ts";

export const logOfAnySign = defineRule(catalog.logOfAnySign, ({ network }, advise) => {
  for (const operation of ["log", "sqrt"] as const)
    for (const node of network.all(operation)) {
      const [x] = network.inputsOf(node);
      if (x!.origin !== null && layerOf(x!, network) !== null) advise({ operation }, x!.origin);
    }
});
