// The functions of this machine that targets need.

import type { EmitContext } from "../../compiler/backends/contract/emitted.ts";
import { graphHash } from "../../compiler/middle/builder/graph-hash.ts";
import { specText } from "../../compiler/tools/fmt/flatten.ts";

export function emitContext(version: string, seed: number): EmitContext {
  return {
    version,
    seed,
    graphHash,
    specText,
    load: (javascript) =>
      import(`data:text/javascript;base64,${Buffer.from(javascript, "utf8").toString("base64")}`),
  };
}
