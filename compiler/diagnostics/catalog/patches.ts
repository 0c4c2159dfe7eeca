// Catalogue: patches, which lead from one weights file to another. Code DIN0867.

import { defineError } from "./define.ts";

export const patchRefused = defineError<{ path: string; reason: string }>({
  code: "DIN0867",
  name: "patch-refused",
  message: ({ path, reason }) => `${path} cannot be used: ${reason}`,
  explanation:
    "`dinc weights diff MONDAY TUESDAY --out tuesday.dincpatch` writes what changed between two weights files of one program: `model.weights.bin` of a folder, or that of a run, as `dinc compile` writes it. `dinc weights apply` takes a patch to the weights that it leads from, and to no others. A patch names both by a hash, so that days are not left out, mixed up or taken twice. Make the missing patch, or take the whole file instead.",
});
